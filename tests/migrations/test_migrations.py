"""The migrations: one line of them, both ways, without loss, to exactly the schema of the models."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Connection, MetaData, inspect, select
from sqlalchemy.exc import DBAPIError

from app import schema
from app.db import Database
from app.errors import InvalidSettingError
from app.models import METADATA
from matching.vocabulary import Visibility
from tests.factories import (
    create_answer,
    create_area,
    create_area_change,
    create_audit_event,
    create_checked_principle,
    create_incident,
    create_label,
    create_match,
    create_match_run,
    create_match_run_file,
    create_membership,
    create_need,
    create_offer,
    create_share,
    create_signature,
    create_state,
    create_tandem,
    create_unmet_need,
)
from tests.factories.accounts import (
    create_api_token,
    create_idempotency_key,
    create_identity,
    create_link,
    create_login,
    create_login_failure,
    create_recovery_code,
    create_security_key,
    create_security_key_challenge,
    create_user,
)
from tests.factories.answers import create_coalition, create_offer_duplicate, create_pool_change, create_sensitivity
from tests.factories.statistics import create_counting, create_statistic
from tests.support.keys import KEYRING

REVISIONS = (
    "0001_reference",
    "0002_areas",
    "0003_organizations",
    "0004_needs",
    "0005_offers",
    "0006_matches",
    "0007_audit",
    "0008_run_options",
    "0009_run_answers",
    "0010_accounts",
    "0011_logins",
    "0012_idempotency",
    "0013_audit_keys",
    "0014_sealed_needs",
    "0015_chosen_providers",
    "0016_audit_by_time",
    "0017_security_keys",
    "0018_identities",
    "0019_assessments",
    "0020_incidents",
    "0021_keys_that_stood_alone",
    "0022_assessment_shares",
    "0023_life_of_records",
    "0024_area_drafts",
    "0025_offer_labels",
    "0026_joint_needs",
    "0027_statistics",
)


def seed(database: Database) -> None:
    """Store something in every table."""
    with database.unit_of_work() as session:
        create_area(session, "GOV.1", terms=(("en", "strategy"),), links=(("gfce", "A1"),))
        create_area_change(session)
        create_membership(session)
        run = create_match_run(session)
        create_match(session, run=run)
        create_unmet_need(session, run=run, need=create_need(session, excluded_providers=("Second Provider",)))
        create_tandem(session, run=run)
        create_match_run_file(session, run=run)
        create_sensitivity(session, run=run)
        create_coalition(session, run=run)
        create_pool_change(session, run=run)
        create_offer_duplicate(session, run=run)
        create_audit_event(session)
        user = create_user(session)
        create_api_token(session, user)
        create_login(session, user)
        create_link(session, user)
        create_recovery_code(session, user)
        create_security_key(session, user)
        create_security_key_challenge(session)
        create_login_failure(session)
        create_idempotency_key(session, user)
        create_identity(session, user)
        create_answer(session)
        create_share(session)
        create_counting(session)
        create_statistic(session)
        create_signature(session)
        create_incident(session, areas=("GOV.1",))
        offer = create_offer(session)
        create_checked_principle(session, offer)
        create_label(session, offer)


def content(database: Database, columns_by_table: Mapping[str, Sequence[str]] | None = None) -> dict[str, list[Any]]:
    """Return all rows of all tables; of those that are named, in the columns that are named."""
    reflected = MetaData()
    with database.engine.connect() as connection:
        reflected.reflect(connection)
        return {
            name: sorted(map(repr, connection.execute(select(*(table.c[column] for column in columns)))))
            for name, table in reflected.tables.items()
            if name != "alembic_version"
            for columns in [(columns_by_table or {}).get(name) or table.c.keys()]
        }


def columns_of(database: Database) -> dict[str, list[str]]:
    """Return the names of the columns of every table."""
    found = inspect(database.engine)
    return {name: [column["name"] for column in found.get_columns(name)] for name in found.get_table_names()}


def checks(connection: Connection, table: str) -> dict[str, str]:
    """Return the CHECK constraints of a table in the database, spaces and brackets left out."""
    found = inspect(connection).get_check_constraints(table)
    return {str(check["name"]): squeezed(str(check["sqltext"])) for check in found}


def squeezed(sql: str) -> str:
    """Return an expression without what the databases add or leave out."""
    return re.sub(r'[\s()"]', "", sql).lower()


def test_there_is_one_head_and_the_head_file_names_it() -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS_FOLDER))

    heads = ScriptDirectory.from_config(config).get_heads()

    assert heads == [REVISIONS[-1]]
    assert (schema.MIGRATIONS_FOLDER / "head.txt").read_text() == f"{REVISIONS[-1]}\n"


def test_the_migrations_are_numbered_without_gaps() -> None:
    names = sorted(path.stem for path in (schema.MIGRATIONS_FOLDER / "versions").glob("*.py"))

    assert tuple(names) == REVISIONS


def test_a_migrated_database_has_the_schema_of_the_models(database: Database) -> None:
    schema.upgrade(database)

    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []


def test_a_migrated_database_has_every_check_of_the_models(database: Database) -> None:
    """Alembic does not compare CHECK constraints, so this does."""
    schema.upgrade(database)

    with database.engine.connect() as connection:
        for table in METADATA.sorted_tables:
            expected = {
                str(constraint.name) for constraint in table.constraints if isinstance(constraint, CheckConstraint)
            }
            assert set(checks(connection, table.name)) == expected, table.name


def test_the_checks_of_a_migrated_database_say_the_same_as_those_of_the_models(
    sqlite_database: Database,
) -> None:
    """PostgreSQL rewrites the expressions, so this is told on SQLite alone; both have the same migrations."""
    schema.upgrade(sqlite_database)

    with sqlite_database.engine.connect() as connection:
        for table in METADATA.sorted_tables:
            expected = {
                str(constraint.name): squeezed(str(constraint.sqltext))
                for constraint in table.constraints
                if isinstance(constraint, CheckConstraint)
            }
            assert checks(connection, table.name) == expected, table.name


def test_a_database_at_the_newest_migration_says_so(database: Database) -> None:
    schema.upgrade(database)

    with database.engine.connect() as connection:
        assert schema.is_current(connection)


def test_an_empty_database_is_not_current(database: Database) -> None:
    with database.engine.connect() as connection:
        assert schema.current_revision(connection) is None
        assert not schema.is_current(connection)


def test_going_down_to_the_base_leaves_no_table(database: Database) -> None:
    schema.upgrade(database)
    seed(database)

    schema.downgrade(database, to="base")

    assert list(content(database)) == []


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_going_down_and_up_leaves_the_data_below_intact(database: Database, revision: str) -> None:
    schema.upgrade(database, to=revision)
    columns_below = columns_of(database)
    schema.upgrade(database)
    seed(database)
    tables = set(content(database))
    before = content(database, columns_below)

    schema.downgrade(database, to=revision)
    kept = content(database)
    schema.upgrade(database)

    assert kept
    # Whom needs exclude is sealed above, and has a test of its own below.
    assert kept.keys() - before.keys() <= {"need_exclusions"}
    assert {table: kept[table] for table in kept if table in before} == {
        table: before[table] for table in kept if table in before
    }
    assert set(content(database)) == tables


def test_a_migration_that_fails_changes_nothing(database: Database) -> None:
    schema.upgrade(database, to="0003_organizations")
    with database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE offers (id INTEGER)")

    with pytest.raises(DBAPIError):
        schema.upgrade(database)

    with database.engine.connect() as connection:
        assert schema.current_revision(connection) == "0003_organizations"
        assert not inspect(connection).has_table("needs")


def test_two_that_migrate_at_once_do_not_meet(database: Database) -> None:
    """Two services that start together once both created the tables, and the later one failed."""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: schema.upgrade(database), range(2)))

    with database.engine.connect() as connection:
        assert schema.is_current(connection)


def test_foreign_keys_are_on_again_after_a_migration(sqlite_database: Database) -> None:
    schema.upgrade(sqlite_database)

    with sqlite_database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_private_needs_and_exclusions_are_sealed_going_up_and_opened_going_down(database: Database) -> None:
    schema.upgrade(database)
    with database.unit_of_work() as session:
        create_state(session, "XAB")
        create_need(session, excluded_providers=("Second Provider", "First Provider"))
        secret = {"title": "Our weak registry", "audience": "The registry", "budget": Decimal("1200.50")}
        days = {"earliest_on": date(2026, 5, 1), "latest_on": date(2027, 5, 1)}
        create_need(
            session,
            **secret,
            **days,
            external_id="n-1",
            currency="EUR",
            gap=4,
            priority=5,
            states=("XAA", "XAB"),
            areas=("LAW", "IRC"),
            excluded_providers=("Third Provider",),
            visibility=Visibility.PRIVATE,
        )
    sealed = content(database, {"need_secrets": ["need_id"]})

    schema.downgrade(database, to="0013_audit_keys")
    opened = content(database)
    schema.upgrade(database)

    assert {"Second Provider", "First Provider", "Third Provider"} <= set(
        re.findall(r"\w+ Provider", repr(opened["need_exclusions"]))
    )
    told = next(row for row in opened["needs"] if "n-1" in row)
    for value in ("Our weak registry", "The registry", "1200.50", "EUR", "datetime.date(2027, 5, 1)"):
        assert value in told
    assert len(opened["need_states"]) == 3
    assert "weak" not in repr(content(database))
    assert content(database, {"need_secrets": ["need_id"]}) == sealed


def test_what_has_to_be_sealed_is_not_migrated_without_keys(migrated_url: str) -> None:
    keyed, keyless = Database(migrated_url, keyring=KEYRING), Database(migrated_url)
    with keyed.unit_of_work() as session:
        create_need(session, excluded_providers=("Second Provider",))
    schema.downgrade(keyed, to="0013_audit_keys")

    with pytest.raises(InvalidSettingError, match="TANDEM_DATA_KEYS_FILE"):
        schema.upgrade(keyless)

    assert "Second Provider" in repr(content(keyless)["need_exclusions"])
    keyed.close()
    keyless.close()
