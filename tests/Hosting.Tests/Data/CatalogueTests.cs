using Dapper;
using Microsoft.AspNetCore.Builder;
using Npgsql;

namespace CallCenter.Hosting.Tests.Data;

[Trait("needs", "server")]
public sealed class CatalogueTests(PostgresFixture postgres)
{
    private static void Add(WebApplicationBuilder builder)
    {
        builder.AddDatabase("notes", typeof(CatalogueTests).Assembly);
        builder.AddOutbox("notes");
        builder.AddInbox<Events.NoteTaker>("notes", EventCatalog.From("Ivr"));
    }

    [Fact]
    public async Task Every_table_is_a_tenants_or_listed()
    {
        var configuration = await postgres.NewConfiguration();
        await using var host = await TestHost.Start(configuration, Add);
        (await Catalogue.Faults(configuration["ConnectionStrings:Postgres"]!, "notes")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("ALTER TABLE notes.notes NO FORCE ROW LEVEL SECURITY", "no forced")]
    [InlineData("ALTER TABLE notes.notes DISABLE ROW LEVEL SECURITY", "no forced")]
    [InlineData("DROP POLICY tenant ON notes.notes", "policy none")]
    [InlineData("CREATE POLICY more ON notes.notes USING (true)", "policy")]
    [InlineData("CREATE TABLE notes.more (tenant uuid)", "no forced")]
    [InlineData("CREATE VIEW notes.all_notes AS SELECT * FROM notes.notes", "owned by")]
    public async Task A_planted_violation_is_found(string violation, string fault)
    {
        var configuration = await postgres.NewConfiguration();
        await using (await TestHost.Start(configuration, Add)) { }
        await using (var connection = new NpgsqlConnection(configuration["ConnectionStrings:Postgres"]))
        {
            await connection.ExecuteAsync(violation);
        }
        (await Catalogue.Faults(configuration["ConnectionStrings:Postgres"]!, "notes")).ShouldContain(f => f.Contains(fault));
    }
}
