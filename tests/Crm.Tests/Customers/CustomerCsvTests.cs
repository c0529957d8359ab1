using System.Net;
using CallCenter.Hosting;

namespace CallCenter.Crm.Tests.Customers;

[Trait("needs", "server")]
public sealed class CustomerCsvTests(CrmHost crm) : IClassFixture<CrmHost>
{
    [Fact]
    public async Task Table_has_every_customer_of_the_query_and_its_words_as_text()
    {
        var (ours, theirs) = (crm.NewTenant(), crm.NewTenant());
        using var supervisor = crm.Host.As(Role.Supervisor);
        var (aino, eero) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await Make(supervisor, ours, aino, "Aino \"Ansku\" Virta", "first,\nsecond", "+358401112233", "+358501112233");
        await Make(supervisor, ours, eero, "=1+1", "@x", "+358401112244");
        await Make(supervisor, theirs, Guid.CreateVersion7(), "Someone", "");
        using var client = crm.Host.As(Role.Client, null, ours);

        var table = (await Table(client, "/api/customers?format=csv")).Split("\r\n");

        table[0].ShouldBe("id,tenant,name,numbers,notes,updatedAt");
        table[1].ShouldStartWith($"{eero},{ours},'=1+1,+358401112244,'@x,");
        table[2].ShouldStartWith($"{aino},{ours},\"Aino \"\"Ansku\"\" Virta\",+358401112233 +358501112233,\"first,\nsecond\",");
        table.Length.ShouldBe(4);
        (await Table(client, "/api/customers?q=virta", "text/csv")).ShouldContain($"{aino}");
        (await Table(client, "/api/customers?q=virta", "text/csv")).ShouldNotContain($"{eero}");
    }

    [Fact]
    public async Task Table_longer_than_a_page_of_it_is_whole()
    {
        var tenant = crm.NewTenant();
        await Task.WhenAll(Enumerable.Range(0, 1001).Select(n => crm.Call(tenant, $"+35840{1_000_000 + n}")));
        using var client = crm.Host.As(Role.Client, null, tenant);
        var rows = (await Table(client, "/api/customers?format=csv")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries)[1..];
        rows.Select(r => r.Split(',')[3]).ShouldBe(Enumerable.Range(0, 1001).Select(n => $"+35840{1_000_000 + n}"));
    }

    [Theory]
    [InlineData(Role.Agent)]
    [InlineData(Role.Service)]
    public async Task Those_who_work_with_one_customer_after_the_other_take_none_away(Role role)
    {
        using var caller = crm.Host.As(role, null, crm.NewTenant());
        await CrmHost.Refusal(caller, "/api/customers?format=csv", HttpStatusCode.Forbidden);
    }

    private static async Task Make(HttpClient client, Guid tenant, Guid id, string name, string notes, params string[] numbers) =>
        await CrmHost.Put(client, $"/api/customers/{id}", new { tenant, name, notes, numbers, version = 0 });

    private static async Task<string> Table(HttpClient client, string path, string accept = "*/*")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", accept } } };
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/csv");
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
