// Every scanner as a shell script that finds one thing, in the real one's form.
const lastOf = (option: string): string => `report=""; while [ $# -gt 0 ]; do case "$1" in ${option}) report="$2";; esac; shift; done`;

const reporting = (option: string, json: unknown, exit = 0): string =>
  `folder="$(pwd)"; ${lastOf(option)}\ncat > "$report" <<'EOF'\n${JSON.stringify(json)}\nEOF\nexit ${exit}`;
const printing = (json: unknown, exit = 0): string => `cat <<'EOF'\n${JSON.stringify(json)}\nEOF\nexit ${exit}`;

/** A repository that gives each scanner something to do. */
export const repository = {
  "app.py": "import os\nos.system(name)\n",
  "requirements.txt": "flask==0.12\n",
  "package.json": '{"dependencies":{"lodash":"4.17.4"}}',
  "package-lock.json": '{\n "packages": {\n  "node_modules/lodash": {\n   "version": "4.17.4"\n  }\n }\n}\n',
  "yarn.lock": "# yarn lockfile v1\n",
  "template.yaml": 'AWSTemplateFormatVersion: "2010-09-09"\nResources:\n  Files:\n    Type: AWS::S3::Bucket\n',
  ".github/workflows/ci.yml": "on: push\njobs: {}\n",
  Dockerfile: "FROM scratch\n",
} as const;

/** By program: what a healthy one does. */
export const healthy: Readonly<Record<string, string>> = {
  bandit: reporting(
    "-o",
    {
      errors: [],
      metrics: { _totals: {}, "app.py": {} },
      results: [
        {
          filename: "app.py",
          test_id: "B605",
          test_name: "start_process",
          issue_text: "A shell.",
          issue_severity: "HIGH",
          line_number: 2,
          line_range: [2],
          col_offset: 0,
          more_info: "https://bandit.example/b605",
          issue_cwe: { id: 78 },
        },
      ],
    },
    1,
  ),
  gitleaks: reporting(
    "--report-path",
    [
      {
        RuleID: "aws-access-token",
        Description: "A key",
        StartLine: 1,
        EndLine: 1,
        StartColumn: 1,
        EndColumn: 5,
        Match: "none",
        Secret: "none",
        File: "app.py",
      },
    ],
    17,
  ),
  "pip-audit": printing(
    {
      dependencies: [
        {
          name: "flask",
          version: "0.12",
          vulns: [{ id: "PYSEC-2018-66", fix_versions: ["0.12.3"], aliases: ["CVE-2018-1000656"], description: "Denial of service" }],
        },
      ],
      fixes: [],
    },
    1,
  ),
  safety: printing(
    {
      scan_results: {
        projects: [
          {
            files: [
              {
                location: "requirements.txt",
                results: {
                  dependencies: [
                    {
                      name: "flask",
                      specifications: [
                        { raw: "flask==0.12", vulnerabilities: { known_vulnerabilities: [{ id: "36388", vulnerable_spec: "<0.12.3" }] } },
                      ],
                    },
                  ],
                },
              },
            ],
          },
        ],
      },
    },
    64,
  ),
  npm: printing(
    {
      auditReportVersion: 2,
      vulnerabilities: {
        lodash: {
          name: "lodash",
          severity: "high",
          via: [
            {
              source: 1,
              name: "lodash",
              dependency: "lodash",
              title: "Prototype pollution",
              url: "https://github.com/advisories/GHSA-jf85-cpcp-j695",
              severity: "critical",
              cwe: ["CWE-1321"],
              range: "<4.17.12",
            },
          ],
          nodes: ["node_modules/lodash"],
          fixAvailable: true,
        },
      },
    },
    1,
  ),
  "cfn-lint": reporting("--output-file", [
    {
      Filename: "template.yaml",
      Level: "Error",
      Location: { Start: { LineNumber: 3, ColumnNumber: 3 }, End: { LineNumber: 3, ColumnNumber: 8 }, Path: ["Resources", "Files"] },
      Message: "Wrong",
      Rule: { Id: "E3002", Description: "d", ShortDescription: "s", Source: "https://example.org" },
    },
  ]),
  checkov: printing(
    {
      check_type: "cloudformation",
      results: {
        failed_checks: [
          {
            check_id: "CKV_AWS_20",
            check_name: "Public bucket",
            file_path: "/template.yaml",
            file_line_range: [3, 4],
            resource: "AWS::S3::Bucket.Files",
            severity: null,
            guideline: null,
          },
        ],
      },
      summary: { failed: 1, parsing_errors: 0 },
    },
    1,
  ),
  zizmor: printing(
    [
      {
        ident: "excessive-permissions",
        desc: "overly broad permissions",
        url: "https://docs.zizmor.sh/audits/#excessive-permissions",
        determinations: { severity: "Medium" },
        locations: [
          {
            symbolic: { kind: "Primary", annotation: "here", key: { Local: { verbatim_path: ".github/workflows/ci.yml" } } },
            concrete: { location: { start_point: { row: 0, column: 0 }, end_point: { row: 1, column: 0 } }, comments: [] },
          },
        ],
      },
    ],
    13,
  ),
  trivy: reporting("--output", {
    SchemaVersion: 2,
    Results: [
      {
        Target: "yarn.lock",
        Vulnerabilities: [
          {
            VulnerabilityID: "CVE-2019-19919",
            PkgName: "handlebars",
            InstalledVersion: "4.0.0",
            FixedVersion: "4.3.0",
            Severity: "CRITICAL",
            Title: "Prototype pollution",
            PrimaryURL: "https://avd.aquasec.com/nvd/cve-2019-19919",
            CweIDs: ["CWE-1321"],
          },
        ],
      },
    ],
  }),
};

/** Which program a scanner is. */
export const programOf: Readonly<Record<string, string>> = {
  gitleaks: "gitleaks",
  bandit: "bandit",
  "pip-audit": "pip-audit",
  safety: "safety",
  "npm-audit": "npm",
  "cfn-lint": "cfn-lint",
  checkov: "checkov",
  zizmor: "zizmor",
  trivy: "trivy",
  "trivy-image": "trivy",
};
