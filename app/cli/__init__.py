"""The commands of `flask --app wsgi`."""

from app.cli.registration import init_app

__all__ = ["init_app"]
