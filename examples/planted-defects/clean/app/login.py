import os

database_password = os.environ["DATABASE_PASSWORD"]


def connect(user, password):
    return user, password


connection = connect("app", password=os.environ["DATABASE_PASSWORD"])
