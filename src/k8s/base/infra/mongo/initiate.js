// Makes the members that MONGO_URI names a replica set; one that exists is left as it is.
const [, hosts, name] = process.env.MONGO_URI.match(/^mongodb:\/\/([^/]+)\/.*[?&]replicaSet=(\w+)/);
const members = hosts.split(",");

function admin(host) {
  return new Mongo(`mongodb://${host}/?directConnection=true&serverSelectionTimeoutMS=2000`).getDB("admin");
}

function hello(host) {
  for (;;) {
    try {
      return admin(host).hello();
    } catch (error) {
      print(`waiting for ${host}: ${error.message}`);
      sleep(1000);
    }
  }
}

if (members.every((host) => !hello(host).setName)) {
  const config = { _id: name, members: members.map((host, _id) => ({ _id, host })) };
  admin(members[0]).runCommand({ replSetInitiate: config });
  print(`initiated ${name}: ${members}`);
}
while (!members.some((host) => hello(host).isWritablePrimary)) {
  print("waiting for a primary");
  sleep(1000);
}
print(`${name} has a primary`);
