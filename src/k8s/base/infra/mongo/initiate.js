// Makes the members that MONGO_URI names a replica set; one that exists is left as it is.
const [, hosts, name] = process.env.MONGO_URI.match(/^mongodb:\/\/([^/]+)\/.*[?&]replicaSet=(\w+)/);
const members = hosts.split(",");

function member(host) {
  for (;;) {
    try {
      return new Mongo(`mongodb://${host}/?directConnection=true&serverSelectionTimeoutMS=2000`);
    } catch (error) {
      print(`waiting for ${host}: ${error.message}`);
      sleep(1000);
    }
  }
}

const all = members.map((host) => member(host).getDB("admin"));
if (all.every((admin) => !admin.hello().setName)) {
  const config = { _id: name, members: members.map((host, _id) => ({ _id, host })) };
  all[0].runCommand({ replSetInitiate: config });
  print(`initiated ${name}: ${members}`);
}
while (!all.some((admin) => admin.hello().isWritablePrimary)) {
  print("waiting for a primary");
  sleep(1000);
}
print(`there is a primary of ${name}: ${all[0].hello().hosts}`);
