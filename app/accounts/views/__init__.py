"""The pages on which people log in and look after their account."""

from app.accounts.views.account import bp as account_bp
from app.accounts.views.invitations import bp as invitations_bp
from app.accounts.views.key_login import bp as key_login_bp
from app.accounts.views.login import bp as login_bp
from app.accounts.views.security_keys import bp as security_keys_bp

BLUEPRINTS = (login_bp, key_login_bp, invitations_bp, account_bp, security_keys_bp)

__all__ = ["BLUEPRINTS"]
