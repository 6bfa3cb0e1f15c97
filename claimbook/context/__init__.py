"""The timeline and the glossary: reading them, checking them, and turning them into pages."""
