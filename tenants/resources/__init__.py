"""The pages and the API of agencies, people and modules, and the operator's console."""
