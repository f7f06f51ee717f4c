import tarfile
import xml.etree.ElementTree as ET

import jinja2
import paramiko
import requests
from flask import Flask

app = Flask(__name__)


def fetch(url):
    return requests.get(url, verify=False, timeout=5)


def fetch_slowly(url):
    return requests.get(url)


def template():
    return jinja2.Environment(autoescape=False)


def unpack(path):
    tarfile.open(path).extractall()


def parse(path):
    return ET.parse(path)


def connect(host):
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy)
    return client


def compute(expression):
    return eval(expression)


if __name__ == "__main__":
    app.run(debug=True, host="0.0.0.0")
