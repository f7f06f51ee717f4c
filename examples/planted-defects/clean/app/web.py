import ast
import tarfile

import jinja2
import paramiko
import requests
from defusedxml import ElementTree
from flask import Flask

app = Flask(__name__)


def fetch(url):
    return requests.get(url, timeout=5)


def template():
    return jinja2.Environment(autoescape=True)


def unpack(path):
    with tarfile.open(path) as archive:
        archive.extractall(filter="data")


def parse(path):
    return ElementTree.parse(path)


def connect(host):
    client = paramiko.SSHClient()
    client.load_system_host_keys()
    return client


def compute(expression):
    return ast.literal_eval(expression)


if __name__ == "__main__":
    app.run(host="127.0.0.1")
