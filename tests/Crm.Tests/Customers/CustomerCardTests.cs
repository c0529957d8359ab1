using System.Net;
using System.Text.Json;
using CallCenter.Contracts.Routing;
using CallCenter.Hosting;

namespace CallCenter.Crm.Tests.Customers;

[Trait("needs", "server")]
public sealed class CustomerCardTests(CrmHost crm) : IClassFixture<CrmHost>
{
    private const string Number = "+358401112233";
    private static readonly DateTimeOffset Monday = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Card_has_the_contacts_of_all_channels_the_newest_first()
    {
        var tenant = crm.NewTenant();
        var (queue, agent) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var first = await crm.Call(tenant, Number, at: Monday);
        await crm.Talk(tenant, first, queue, agent, "sold");
        var second = await crm.Call(tenant, Number, at: Monday.AddHours(1));
        using var client = crm.Host.As(Role.Client, null, tenant);

        var card = await CrmHost.Get(client, $"/api/customers/of-contact/{first}");

        Names(card).ShouldBe(["id", "tenant", "name", "numbers", "notes", "updatedAt", "version", "contacts"]);
        var contacts = card.GetProperty("contacts");
        Names(contacts[0]).ShouldBe(["id", "startedAt", "channel", "queue", "agent", "termination", "disposition"]);
        contacts.EnumerateArray().Select(c => c.GetProperty("id").GetGuid()).ShouldBe([second, first]);
        contacts[0].GetProperty("termination").ValueKind.ShouldBe(JsonValueKind.Null);
        contacts[1].ToString().ShouldBe(JsonSerializer.Serialize(new
        {
            id = first, startedAt = "2026-03-02T09:00:00+00:00", channel = "VoiceIn", queue, agent, termination = "Completed", disposition = "sold",
        }).Replace("\\u002B", "+", StringComparison.Ordinal));
        (await CrmHost.Get(client, $"/api/customers/{card.GetProperty("id").GetGuid()}")).ToString().ShouldBe(card.ToString());
    }

    [Fact]
    public async Task Routing_may_be_heard_before_Telephony_and_a_later_wrap_up_without_a_code_changes_nothing()
    {
        var tenant = crm.NewTenant();
        var (contact, queue, agent) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await crm.Routed(tenant, contact, new ContactQueued(Guid.CreateVersion7(), 0));
        await crm.Routed(tenant, contact, new ContactQueued(queue, 0));
        await crm.Routed(tenant, contact, new WrapUpEnded(agent, "sold"));
        await crm.Routed(tenant, contact, new WrapUpEnded(agent, null));
        await crm.Routed(tenant, contact, new ContactEnded(new(TerminationKind.Failed, "gateway", "ours"), 1));
        await crm.Call(tenant, Number, contact: contact);
        using var supervisor = crm.Host.As(Role.Supervisor);

        var told = (await CrmHost.Get(supervisor, $"/api/customers/of-contact/{contact}")).GetProperty("contacts")[0];

        told.GetProperty("queue").GetGuid().ShouldBe(queue);
        told.GetProperty("disposition").GetString().ShouldBe("sold");
        told.GetProperty("termination").GetString().ShouldBe("Failed(gateway, ours)");
    }

    [Fact]
    public async Task Change_is_kept_and_told_at_the_next_call()
    {
        var tenant = crm.NewTenant();
        var customer = (await crm.Told.Of(await crm.Call(tenant, Number)))[0].Customer;
        using var agent = crm.Host.As(Role.Agent, null, tenant);

        var card = await CrmHost.Put(agent, $"/api/customers/{customer}", Body(" Aino Virta ", 1, Number, "050 123 4567", "0501234567"));

        (card.GetProperty("name").GetString(), card.GetProperty("version").GetInt32()).ShouldBe(("Aino Virta", 2));
        Numbers(card).ShouldBe([Number, "+358501234567"]);
        card.GetProperty("contacts").GetArrayLength().ShouldBe(1);
        var told = (await crm.Told.Of(await crm.Call(tenant, "0501234567")))[0];
        (told.Customer, told.Name, told.IsNew).ShouldBe((customer, "Aino Virta", false));
    }

    [Fact]
    public async Task Old_version_is_refused_and_the_same_change_again_is_none()
    {
        var tenant = crm.NewTenant();
        var path = $"/api/customers/{(await crm.Told.Of(await crm.Call(tenant, Number)))[0].Customer}";
        using var agent = crm.Host.As(Role.Agent, null, tenant);
        await CrmHost.Put(agent, path, Body("Aino", 1, Number));

        (await CrmHost.Put(agent, path, Body("Eero", 1, Number), HttpStatusCode.Conflict)).GetProperty("detail").GetString()!.ShouldContain("version 2");
        (await CrmHost.Put(agent, path, Body("Aino", 1, Number))).GetProperty("version").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task Of_many_changes_of_one_version_at_once_one_is_kept()
    {
        var tenant = crm.NewTenant();
        var path = $"/api/customers/{(await crm.Told.Of(await crm.Call(tenant, Number)))[0].Customer}";
        using var agent = crm.Host.As(Role.Agent, null, tenant);

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(n => Status(agent, path, Body($"Name {n}", 1, Number))));

        answers.Count(a => a == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(a => a == HttpStatusCode.Conflict).ShouldBe(11);
    }

    [Fact]
    public async Task Number_of_another_customer_is_refused_until_it_is_taken_away_there()
    {
        var tenant = crm.NewTenant();
        var first = (await crm.Told.Of(await crm.Call(tenant, Number)))[0].Customer;
        var second = (await crm.Told.Of(await crm.Call(tenant, "+358501234567")))[0].Customer;
        using var agent = crm.Host.As(Role.Agent, null, tenant);

        (await CrmHost.Put(agent, $"/api/customers/{second}", Body("Eero", 1, Number), HttpStatusCode.Conflict)).GetProperty("detail").GetString()!.ShouldContain($"{first}");
        await CrmHost.Put(agent, $"/api/customers/{first}", Body("", 1));
        Numbers(await CrmHost.Put(agent, $"/api/customers/{second}", Body("Eero", 1, "+358501234567", Number))).ShouldBe(["+358501234567", Number]);
        (await crm.Told.Of(await crm.Call(tenant, Number)))[0].Customer.ShouldBe(second);
    }

    [Fact]
    public async Task Person_may_make_a_customer_who_is_found_at_the_first_call()
    {
        var tenant = crm.NewTenant();
        var id = Guid.CreateVersion7();
        using var agent = crm.Host.As(Role.Agent, null, tenant);
        await CrmHost.Put(agent, $"/api/customers/{id}", Body("Aino", 0, Number), HttpStatusCode.NotFound);

        (await CrmHost.Put(agent, $"/api/customers/{id}", New(tenant, "Aino", Number))).GetProperty("version").GetInt32().ShouldBe(1);

        var told = (await crm.Told.Of(await crm.Call(tenant, Number)))[0];
        (told.Customer, told.Name, told.IsNew).ShouldBe((id, "Aino", false));
        await CrmHost.Put(agent, $"/api/customers/{id}", New(tenant, "Eero", Number), HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Calls_and_people_who_give_the_same_numbers_at_once_leave_one_customer_a_number()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var tenant = crm.NewTenant();
        using var agent = crm.Host.As(Role.Agent, null, tenant);
        var numbers = Enumerable.Range(0, 8).Select(n => $"+35840666{n:0000}").ToArray();
        var work = Enumerable.Range(0, 80).Select(async Task (n) =>
        {
            if (n % 2 == 0)
            {
                await crm.Call(tenant, numbers[n / 2 % numbers.Length]);
            }
            else
            {
                await Status(agent, $"/api/customers/{Guid.CreateVersion7()}", New(tenant, $"Name {n}", random.GetItems(numbers, 3)));
            }
        }).ToList();
        await Task.WhenAll(work);

        var told = await CrmHost.Get(agent, "/api/customers?limit=200");
        var kept = told.GetProperty("items").EnumerateArray().SelectMany(Numbers).ToList();
        kept.ShouldBeUnique();
        kept.ShouldBe(numbers, ignoreOrder: true);
    }

    [Fact]
    public async Task Every_mistake_is_told_at_once()
    {
        var tenant = crm.NewTenant();
        var customer = (await crm.Told.Of(await crm.Call(tenant, Number)))[0].Customer;
        using var agent = crm.Host.As(Role.Agent, null, tenant);
        var body = new { name = new string('x', 201), notes = "\u0007", numbers = new[] { Number, "12", "" }, version = -1 };

        var detail = (await CrmHost.Put(agent, $"/api/customers/{customer}", body, HttpStatusCode.BadRequest)).GetProperty("errors");

        detail.GetArrayLength().ShouldBe(5);
        await CrmHost.Put(agent, $"/api/customers/{customer}", Body("", 1, [.. Enumerable.Range(0, 21).Select(n => $"+3584011122{n:00}")]), HttpStatusCode.BadRequest);
        await CrmHost.Put(agent, $"/api/customers/{customer}", new { name = "x", notes = "", numbers = new string?[] { null }, version = 1 }, HttpStatusCode.BadRequest);
    }

    private static object Body(string name, int version, params string[] numbers) => new { name, notes = "", numbers, version };

    private static object New(Guid tenant, string name, params string[] numbers) => new { tenant, name, notes = "", numbers, version = 0 };

    private static async Task<HttpStatusCode> Status(HttpClient client, string path, object body)
    {
        using var response = await client.PutAsJsonAsync(new Uri(path, UriKind.Relative), body, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private static string[] Names(JsonElement json) => [.. json.EnumerateObject().Select(p => p.Name)];

    private static IEnumerable<string> Numbers(JsonElement customer) => customer.GetProperty("numbers").EnumerateArray().Select(n => n.GetString()!);
}
