"""Policy documents → passages → index → answers with citations. Pure in the middle, disk at the rim."""
