import json
import sqlite3
import tempfile

import yaml


def load(data):
    return json.loads(data)


def settings(text):
    return yaml.safe_load(text)


def user(connection: sqlite3.Connection, name):
    return connection.execute("SELECT id, name FROM users WHERE name = ?", (name,))


def scratch():
    return tempfile.NamedTemporaryFile()


def report(text):
    with tempfile.NamedTemporaryFile("w", delete=False) as out:
        out.write(text)
