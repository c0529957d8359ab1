using CallCenter.TestKit;

[assembly: AssemblyFixture(typeof(PostgresFixture))]
