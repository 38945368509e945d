"""Organizations: who states needs, who provides, and the secretariat."""
