"""A hub on loopback with one service for each kind of token that the tests want. What start.sh decides comes in the environment."""
import os

c = get_config()  # noqa: F821  (JupyterHub provides it)
env = os.environ

c.JupyterHub.bind_url = f"http://127.0.0.1:{env['HUB_PUBLIC_PORT']}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{env['HUB_PORT']}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{env['HUB_PROXY_PORT']}"
c.ConfigurableHTTPProxy.should_start = False  # start.sh starts it, so that it ends with the test
c.JupyterHub.db_url = "sqlite:///:memory:"  # nothing outlives the test, and seeding need not wait for the disk
c.JupyterHub.cookie_secret_file = f"{env['HUB_DIR']}/cookie_secret"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.Authenticator.admin_users = {"hubadmin"}
c.JupyterHub.spawner_class = "simple"

ROLES = {
    "seed": ["admin:users", "admin:groups", "users:activity"],
    "reclaim": ["list:users", "read:users", "delete:users"],
    "read-only": ["list:users", "read:users"],
    "names-only": ["list:users", "read:users:name"],  # sees no activity
}
c.JupyterHub.services = [
    {"name": name, "api_token": env[f"HUB_{name.replace('-', '_').upper()}_TOKEN"]} for name in ROLES
]
c.JupyterHub.load_roles = [{"name": name, "scopes": scopes, "services": [name]} for name, scopes in ROLES.items()]
