using Dapper;
using Npgsql;

namespace CallCenter.Hosting.Tests.Data;

[Trait("needs", "server")]
public sealed class ServiceDatabaseTests(PostgresFixture postgres)
{
    private static readonly Guid Red = Guid.CreateVersion7(), Blue = Guid.CreateVersion7();
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private async Task<TestHost> Start() =>
        await TestHost.Start(await postgres.NewConfiguration(), b => b.AddDatabase("notes", typeof(ServiceDatabaseTests).Assembly));

    private static Task<int> Write(ServiceDatabase database, Guid tenant, int id) => database.InTenant(tenant, (c, t) =>
        c.ExecuteAsync("INSERT INTO notes VALUES (@tenant, @id, 'x')", new { tenant, id }, t), Ct);

    private static Task<long> Count(NpgsqlConnection c, NpgsqlTransaction t) => c.ExecuteScalarAsync<long>("SELECT count(*) FROM notes", transaction: t);

    [Fact]
    public async Task A_tenant_sees_its_own_rows_only()
    {
        await using var host = await Start();
        var database = host.Get<ServiceDatabase>("notes");
        await Write(database, Red, 1);
        await Write(database, Blue, 1);
        await Write(database, Blue, 2);

        (await database.InTenant(Red, Count, Ct)).ShouldBe(1);
        (await database.InTenant(Blue, Count, Ct)).ShouldBe(2);
        (await database.InTenants([Red, Blue], Count, Ct)).ShouldBe(3);
        (await database.OperatorWide(Count, Ct)).ShouldBe(0);
    }

    [Fact]
    public async Task A_row_of_another_tenant_cannot_be_written_changed_or_deleted()
    {
        await using var host = await Start();
        var database = host.Get<ServiceDatabase>("notes");
        await Write(database, Blue, 1);

        var refused = await Should.ThrowAsync<PostgresException>(() => database.InTenant(Red, (c, t) =>
            c.ExecuteAsync("INSERT INTO notes VALUES (@Blue, 7, 'x')", new { Blue }, t), Ct));
        refused.SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        (await database.InTenant(Red, (c, t) => c.ExecuteAsync("UPDATE notes SET text = 'y'", transaction: t), Ct)).ShouldBe(0);
        (await database.InTenant(Red, (c, t) => c.ExecuteAsync("DELETE FROM notes", transaction: t), Ct)).ShouldBe(0);
    }

    [Fact]
    public async Task Connections_that_a_restart_has_broken_are_no_failure_of_the_work()
    {
        var configuration = await postgres.NewConfiguration();
        await using var host = await TestHost.Start(configuration, b => b.AddDatabase("notes", typeof(ServiceDatabaseTests).Assembly));
        var database = host.Get<ServiceDatabase>("notes");
        await Task.WhenAll(Enumerable.Range(1, 8).Select(id => Write(database, Red, id)));
        await using (var server = new NpgsqlConnection(configuration["ConnectionStrings:Postgres"]))
        {
            await server.OpenAsync(Ct);
            (await server.ExecuteScalarAsync<long>("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = @Sessions", new { database.Sessions })).ShouldBeGreaterThan(1);
        }

        await Write(database, Red, 9);
        (await database.InTenant(Red, Count, Ct)).ShouldBe(9);
    }

    [Fact]
    public async Task Without_a_tenant_there_is_an_exception_before_any_sql()
    {
        await using var host = await Start();
        var database = host.Get<ServiceDatabase>("notes");
        await Should.ThrowAsync<ArgumentException>(() => database.InTenant(Guid.Empty, Count, Ct));
        await Should.ThrowAsync<ArgumentException>(() => database.InTenants([], Count, Ct));
    }

    [Theory]
    [InlineData("SET LOCAL row_security = off")]
    [InlineData("ALTER TABLE notes DISABLE ROW LEVEL SECURITY")]
    [InlineData("SET ROLE callcenter_notes_migrate")]
    [InlineData("UPDATE migrations SET hash = ''")]
    public async Task The_run_role_cannot_lift_the_policy(string attempt)
    {
        await using var host = await Start();
        var database = host.Get<ServiceDatabase>("notes");
        await Write(database, Blue, 1);
        var refused = await Should.ThrowAsync<PostgresException>(() => database.InTenant(Red, async (c, t) =>
        {
            await c.ExecuteAsync(attempt, transaction: t);
            return await Count(c, t);
        }, Ct));
        refused.SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task Migrations_run_once_and_a_changed_file_is_refused()
    {
        var configuration = await postgres.NewConfiguration();
        await using (await TestHost.Start(configuration, b => b.AddDatabase("notes", typeof(ServiceDatabaseTests).Assembly))) { }
        await using (await TestHost.Start(configuration, b => b.AddDatabase("notes", typeof(ServiceDatabaseTests).Assembly))) { }

        await using var connection = new NpgsqlConnection(configuration["ConnectionStrings:Postgres"]);
        (await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM notes.migrations")).ShouldBe(1);
        await connection.ExecuteAsync("UPDATE notes.migrations SET hash = 'another'");

        var refused = await Should.ThrowAsync<InvalidOperationException>(() =>
            TestHost.Start(configuration, b => b.AddDatabase("notes", typeof(ServiceDatabaseTests).Assembly)));
        refused.Message.ShouldContain("0001_notes");
    }
}
