"""SCIM 2.0: the company's own directory makes, changes and closes accounts of staff."""
