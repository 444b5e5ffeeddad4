"""The Data Rights Protocol: authorized agents make requests for people, sign them, and ask how they are."""
