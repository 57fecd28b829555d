// Makes the members that MONGO_HOSTS names a replica set; one that exists is left as it is. And makes its
// users, or gives them the passwords that are meant now: the service, named as its database, which it
// alone reads and writes, and the operator.
const { MONGO_HOSTS, MONGO_KEY, MONGO_DATABASE, MONGO_PASSWORD, MONGO_OPERATOR_PASSWORD } = process.env;
const name = "rs0";
const members = MONGO_HOSTS.split(",");

// As the members themselves know each other: before there are users nobody else may do anything.
function member(host) {
  const options = "authSource=local&authMechanism=SCRAM-SHA-256&directConnection=true";
  return new Mongo(`mongodb://__system:${MONGO_KEY}@${host}/?${options}&serverSelectionTimeoutMS=2000`);
}

function hello(host) {
  for (;;) {
    try {
      return member(host).getDB("admin").hello();
    } catch (error) {
      print(`waiting for ${host}: ${error.message}`);
      sleep(1000);
    }
  }
}

function primary() {
  for (;;) {
    const found = members.find((host) => hello(host).isWritablePrimary);
    if (found) {
      return member(found);
    }
    print("waiting for a primary");
    sleep(1000);
  }
}

function makeUser(server, database, user, pwd, role) {
  const db = server.getDB(database);
  const verb = db.runCommand({ usersInfo: user }).users.length ? "updateUser" : "createUser";
  const done = db.runCommand({ [verb]: user, pwd, roles: [{ role, db: database }] });
  if (!done.ok) {
    throw new Error(`${verb} ${user}: ${done.errmsg}`);
  }
}

if (members.every((host) => !hello(host).setName)) {
  const config = { _id: name, members: members.map((host, _id) => ({ _id, host })) };
  member(members[0]).getDB("admin").runCommand({ replSetInitiate: config });
  print(`initiated ${name}: ${members}`);
}
const server = primary();
makeUser(server, MONGO_DATABASE, MONGO_DATABASE, MONGO_PASSWORD, "readWrite");
makeUser(server, "admin", "operator", MONGO_OPERATOR_PASSWORD, "root");
print(`${name} has a primary and its users`);
