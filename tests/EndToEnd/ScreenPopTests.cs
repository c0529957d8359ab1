using System.Net;
using CallCenter.TestKit;
using CallCenter.TestKit.Phones;
using CallCenter.TestKit.Running;
using CallCenter.TestKit.Telemetry;
using Npgsql;

namespace CallCenter.EndToEnd;

/// <summary>The customer is on the way to the agent's screen before the phone rings, and the phone never waits for the customer.</summary>
[Trait("needs", "server")]
public sealed class ScreenPopTests(CentreFixture fixture)
{
    private const string From = "+358409990001";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Customer_is_told_before_the_agents_phone_rings()
    {
        var center = await fixture.Center();
        var tenant = await TestTenant.Make(center, "popped", "+358911000021", agents: 1);
        var contact = (await OneTalk.Play(center, tenant)).Id;
        var spans = await SpansOf(contact);

        var (arrived, told, rings) = (spans["send CallArrived"], spans["send CustomerIdentified"], spans["agent leg"]);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"after the call's arrival: customer told {Ms(arrived, told.EndNanoseconds):0.0} ms, agent's phone invited {Ms(arrived, rings.StartNanoseconds):0.0} ms");
        told.EndNanoseconds.ShouldBeLessThan(rings.StartNanoseconds);
    }

    [Fact]
    public async Task Agent_talks_with_a_customer_who_is_not_told_yet_and_follows()
    {
        await using var postgres = new PostgresFixture();
        var database = await postgres.NewDatabase();
        await using var center = await RunningCenter.Start($"ConnectionStrings:Postgres={database}");
        var tenant = await TestTenant.Make(center, "slow", "+358911000022", agents: 1);
        using var supervisor = await center.SignInAs("supervisor");
        await using var crm = new NpgsqlConnection(database);
        await crm.OpenAsync(TestContext.Current.CancellationToken);
        await Numbers(crm, "pg_advisory_lock", tenant.Id);

        var contact = await OneTalk.Play(center, tenant);

        contact.Termination.ShouldBe("Completed");
        (await supervisor.Status(HttpMethod.Get, $"/api/customers/of-contact/{contact.Id}")).ShouldBe(HttpStatusCode.NotFound);
        await Numbers(crm, "pg_advisory_unlock", tenant.Id);
        await Eventually.Get(
            "the customer follows", TimeSpan.FromSeconds(60), () => supervisor.Status(HttpMethod.Get, $"/api/customers/of-contact/{contact.Id}"), s => s == HttpStatusCode.OK);
    }

    [Fact]
    public async Task Changed_name_pops_at_the_next_call()
    {
        var center = await fixture.Center();
        var tenant = await TestTenant.Make(center, "renamed", "+358911000023", agents: 1);
        using var agent = await tenant.SignIn(tenant.Agents[0]);
        await using var callers = new TestCaller(center.Sip);
        var first = await Customer(agent, callers, tenant, "040 999 0001");
        await agent.Put($"/api/customers/{first["id"]}", new { name = "Aino Virta", notes = "", numbers = first["numbers"], version = (int)first["version"]! });

        var second = await Customer(agent, callers, tenant, From);

        ((string)second["name"]!, (string)second["id"]!, second["contacts"]!.AsArray().Count).ShouldBe(("Aino Virta", (string)first["id"]!, 2));
    }

    /// <summary>A call that is given up at once; its customer's card once the call is among its contacts.</summary>
    private static async Task<System.Text.Json.Nodes.JsonNode> Customer(Api agent, TestCaller callers, TestTenant tenant, string from)
    {
        var before = (await agent.Get($"/api/customers?tenant={tenant.Id}"))["items"]!.AsArray().Count == 0 ? 0 : 1;
        await using var call = await callers.Call(tenant.Number, from.Replace(" ", "", StringComparison.Ordinal)).WhenAnswered(Soon);
        call.HangUp();
        await Eventually.Get("a customer", Soon, () => agent.Get($"/api/customers?tenant={tenant.Id}"), page => page["items"]!.AsArray().Count == 1);
        var id = (string)(await agent.Get($"/api/customers?tenant={tenant.Id}"))["items"]![0]!["id"]!;
        return await Eventually.Get("the contact on the card", Soon, () => agent.Get($"/api/customers/{id}"), card => card["contacts"]!.AsArray().Count > before);
    }

    private async Task<Dictionary<string, Span>> SpansOf(Guid contact)
    {
        var traces = await fixture.Traces();
        string[] wanted = ["send CallArrived", "send CustomerIdentified", "agent leg"];
        var trace = await Eventually.Get(
            "the contact's trace", Soon, () => Task.FromResult(traces.Spans.FirstOrDefault(s => s.Tags.Values.Contains($"{contact}"))?.TraceId), found => found is not null);
        await Eventually.Be(() => wanted.All(name => traces.Spans.Any(s => s.TraceId == trace && s.Name == name)), Soon);
        return wanted.ToDictionary(name => name, name => traces.Spans.First(s => s.TraceId == trace && s.Name == name));
    }

    private static double Ms(Span since, ulong nanoseconds) => ((double)nanoseconds - since.StartNanoseconds) / 1e6;

    // Who makes a customer of the tenant waits for this lock.
    private static async Task Numbers(NpgsqlConnection connection, string function, Guid tenant)
    {
        await using var command = new NpgsqlCommand($"SELECT {function}(hashtextextended('crm/numbers/{tenant}', 0))", connection);
        await command.ExecuteNonQueryAsync();
    }
}
