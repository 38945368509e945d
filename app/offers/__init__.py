"""What donors and providers offer."""
