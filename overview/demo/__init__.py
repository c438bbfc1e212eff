"""A trust to try the portal with: two schools, sixty people, three policies, one school year.

Nobody in it exists, and no sentence of it is taken from a real school.
"""
