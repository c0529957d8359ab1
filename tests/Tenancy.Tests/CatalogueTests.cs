namespace CallCenter.Tenancy.Tests;

[Trait("needs", "server")]
public sealed class CatalogueTests(TenancyHost host)
{
    [Fact]
    public async Task Every_table_is_a_tenants_or_listed()
    {
        using var started = await host.Client();
        (await Catalogue.Faults(host.Configuration["ConnectionStrings:Postgres"]!, "tenancy")).ShouldBeEmpty();
    }
}
