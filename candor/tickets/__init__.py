"""Privacy requests: their types, laws and deadlines, what requesters and staff do with them, and the mail about them."""
