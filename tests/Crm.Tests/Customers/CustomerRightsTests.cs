using System.Net;
using CallCenter.Hosting;

namespace CallCenter.Crm.Tests.Customers;

[Trait("needs", "server")]
public sealed class CustomerRightsTests(CrmHost crm) : IClassFixture<CrmHost>
{
    private const string Number = "+358401112233";

    [Fact]
    public async Task Every_table_is_a_tenants_or_listed() => (await Catalogue.Faults(crm.Database, "crm")).ShouldBeEmpty();

    [Theory]
    [InlineData(Role.Agent, true, true)]
    [InlineData(Role.Client, true, false)]
    [InlineData(Role.Supervisor, true, true)]
    [InlineData(Role.Administrator, true, true)]
    [InlineData(Role.Service, true, true)]
    public async Task Own_tenants_customer_is_seen_and_changed_by_those_who_may(Role role, bool sees, bool changes)
    {
        var tenant = crm.NewTenant();
        var contact = await crm.Call(tenant, Number);
        var customer = (await crm.Told.Of(contact))[0].Customer;
        using var caller = crm.Host.As(role, null, tenant);
        foreach (var path in (string[])[$"/api/customers/{customer}", $"/api/customers/of-contact/{contact}", $"/api/customers?tenant={tenant}"])
        {
            (await Status(caller, HttpMethod.Get, path)).ShouldBe(sees ? HttpStatusCode.OK : HttpStatusCode.Forbidden, path);
        }

        (await Status(caller, HttpMethod.Put, $"/api/customers/{customer}")).ShouldBe(changes ? HttpStatusCode.OK : HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData(Role.Agent)]
    [InlineData(Role.Client)]
    public async Task Another_tenants_customer_does_not_exist(Role role)
    {
        var (ours, theirs) = (crm.NewTenant(), crm.NewTenant());
        var contact = await crm.Call(theirs, Number);
        var customer = (await crm.Told.Of(contact))[0].Customer;
        using var caller = crm.Host.As(role, null, ours);
        foreach (var path in (string[])[$"/api/customers/{customer}", $"/api/customers/of-contact/{contact}", $"/api/customers?tenant={theirs}"])
        {
            (await Status(caller, HttpMethod.Get, path)).ShouldBe(HttpStatusCode.NotFound, path);
        }

        (await CrmHost.Get(caller, "/api/customers")).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await Status(caller, HttpMethod.Put, $"/api/customers/{customer}")).ShouldBe(role == Role.Agent ? HttpStatusCode.NotFound : HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Another_tenants_customer_cannot_be_made_or_taken_over()
    {
        var (ours, theirs) = (crm.NewTenant(), crm.NewTenant());
        var customer = (await crm.Told.Of(await crm.Call(theirs, Number)))[0].Customer;
        using var agent = crm.Host.As(Role.Agent, null, ours);
        await CrmHost.Put(agent, $"/api/customers/{Guid.CreateVersion7()}", New(theirs), HttpStatusCode.NotFound);
        await CrmHost.Put(agent, $"/api/customers/{customer}", New(ours), HttpStatusCode.NotFound);
        using var supervisor = crm.Host.As(Role.Supervisor);
        (await CrmHost.Get(supervisor, $"/api/customers/{customer}")).GetProperty("tenant").GetGuid().ShouldBe(theirs);
    }

    [Fact]
    public async Task Agent_or_client_of_no_tenant_sees_nobody()
    {
        var contact = await crm.Call(crm.NewTenant(), Number);
        foreach (var role in (Role[])[Role.Agent, Role.Client])
        {
            using var caller = crm.Host.As(role);
            (await CrmHost.Get(caller, "/api/customers")).GetProperty("items").GetArrayLength().ShouldBe(0);
            await CrmHost.Refusal(caller, $"/api/customers/of-contact/{contact}", HttpStatusCode.NotFound);
        }
    }

    private static object New(Guid tenant) => new { tenant, name = "Aino", notes = "", numbers = Array.Empty<string>(), version = 0 };

    private static async Task<HttpStatusCode> Status(HttpClient client, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        if (method == HttpMethod.Put)
        {
            request.Content = JsonContent.Create(new { name = "Aino", notes = "", numbers = new[] { Number }, version = 1 });
        }

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
