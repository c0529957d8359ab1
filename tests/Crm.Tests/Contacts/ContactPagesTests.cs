using System.Net;
using CallCenter.Hosting;

namespace CallCenter.Crm.Tests.Contacts;

[Trait("needs", "server")]
public sealed class ContactPagesTests(CrmHost crm) : IClassFixture<CrmHost>
{
    private const string Number = "+358401112233";
    private static readonly DateTimeOffset Monday = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Pages_give_every_contact_once_the_newest_first_while_new_ones_come_in()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var tenant = crm.NewTenant();
        var times = Enumerable.Range(0, 70).Select(_ => (Contact: Guid.CreateVersion7(), At: Monday.AddMinutes(random.Next(25)))).ToList();
        await Task.WhenAll(times.Select(c => crm.Call(tenant, Number, at: c.At, contact: c.Contact)));
        using var agent = crm.Host.As(Role.Agent, null, tenant);
        var card = await CrmHost.Get(agent, $"/api/customers/of-contact/{times[0].Contact}");
        var expected = times.OrderByDescending(c => c.At).ThenByDescending(c => c.Contact).Select(c => c.Contact).ToList();
        card.GetProperty("contacts").EnumerateArray().Select(c => c.GetProperty("id").GetGuid()).ShouldBe(expected[..50]);

        var (seen, cursor) = (new List<Guid>(), "");
        do
        {
            var page = await CrmHost.Get(agent, $"/api/customers/{card.GetProperty("id").GetGuid()}/contacts?limit={random.Next(1, 20)}&cursor={cursor}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(c => c.GetProperty("id").GetGuid()));
            cursor = page.GetProperty("next").GetString();
            await crm.Call(tenant, Number, at: Monday.AddHours(2));
        }
        while (cursor is not null);

        seen.ShouldBe(expected);
    }

    [Fact]
    public async Task Another_tenants_history_does_not_exist_and_a_foreign_cursor_is_told()
    {
        var (ours, theirs) = (crm.NewTenant(), crm.NewTenant());
        var customer = (await crm.Told.Of(await crm.Call(theirs, Number)))[0].Customer;
        using var agent = crm.Host.As(Role.Agent, null, ours);
        await CrmHost.Refusal(agent, $"/api/customers/{customer}/contacts", HttpStatusCode.NotFound);
        using var supervisor = crm.Host.As(Role.Supervisor);
        foreach (var query in (string[])["cursor=x", "limit=0", "limit=201"])
        {
            await CrmHost.Refusal(supervisor, $"/api/customers/{customer}/contacts?{query}", HttpStatusCode.BadRequest);
        }
    }
}
