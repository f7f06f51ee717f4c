import pickle
import sqlite3
import tempfile

import yaml


def load(data):
    return pickle.loads(data)


def settings(text):
    return yaml.load(text)


def user(connection: sqlite3.Connection, name):
    return connection.execute("SELECT * FROM users WHERE name = '%s'" % name)


def scratch():
    return tempfile.mktemp()


def report(text):
    with open("/tmp/report.txt", "w") as out:
        out.write(text)
