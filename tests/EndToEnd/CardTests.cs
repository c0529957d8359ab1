using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using CallCenter.TestKit;
using CallCenter.TestKit.Phones;
using CallCenter.TestKit.Running;

namespace CallCenter.EndToEnd;

/// <summary>A card's way from the caller's keys to the payment service, and the whole house searched for its digits afterwards.</summary>
[Trait("needs", "server")]
public sealed class CardTests(CentreFixture fixture)
{
    private const double Agent = 1000;
    private const string Number = "4000056655665556", Secret = "secret-of-the-shop";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_typed_card_is_paid_with_and_found_nowhere()
    {
        var center = await fixture.Center();
        var tenant = await TestTenant.Make(center, "kortti", "+358911000091", agents: 1);
        using var shop = new HttpListener();
        var address = $"http://127.0.0.1:{FreePorts.Any(SocketType.Stream)}/";
        shop.Prefixes.Add(address);
        shop.Start();
        using var administrator = await center.SignInAs("administrator");
        await administrator.Put($"/api/tenants/{tenant.Id}/payment", new { url = address, secret = Secret });

        await using var agent = await AgentAtWork.Begin(center, tenant.Agents[0], Agent);
        await using var callers = new TestCaller(center.Sip);
        await using var call = await callers.Call(tenant.Number).WhenAnswered(Soon);
        await call.Audio.HearsAnything.WaitAsync(Soon, Ct);
        call.Audio.Press('1');
        await call.Audio.Hears(Agent, Soon);
        await agent.Is("Available", "Talking", Soon);
        using var supervisor = await tenant.SignIn(tenant.Supervisor);
        var contact = (await tenant.Contacts(supervisor)).ShouldHaveSingleItem().Id;
        // The gateway hears of the new payment service by the bus.
        await Eventually.Get("collection begun", Soon, () => Desk(agent, "collect-card", new { contact, reference = "Order 17", fields = new[] { "Number", "SecurityCode" } }),
            status => status == HttpStatusCode.Accepted);
        foreach (var key in Number + "#987#")
        {
            call.Audio.Press(key);
        }

        var (body, authorization) = await Paid(shop);
        (body["number"]!.GetValue<string>(), body["securityCode"]!.GetValue<string>(), body["reference"]!.GetValue<string>()).ShouldBe((Number, "987", "Order 17"));
        (authorization, body["contact"]!.GetValue<Guid>(), body["agent"]!.GetValue<Guid>()).ShouldBe(("Bearer " + Secret, contact, agent.Id));
        await Eventually.Get("told", Soon, () => supervisor.Contact(contact), c => c.Events.Any(e => e.Type == "CardCollectionEnded"));
        call.HangUp();
        var ended = await Eventually.Get("the contact ended", Soon, () => supervisor.Contact(contact), c => c.EndedAt is not null && c.Events.Any(e => e.Type == "SpeechMeasured"));
        ended.Events.Count(e => e.Type == "CardDigitsEntered").ShouldBeGreaterThanOrEqualTo(Number.Length + 3);
        (await supervisor.Get($"/api/contacts/{contact}"))["speech"]!["conversationMs"]!.GetValue<long>().ShouldBeGreaterThan(0);

        Holding(center, Number).ShouldBeEmpty();
        Holding(center, Number[..12]).ShouldBeEmpty();
        Holding(center, Secret).ShouldBeEmpty();
        center.Output.ShouldNotContain(Number);
    }

    private static Task<HttpStatusCode> Desk(AgentAtWork agent, string what, object body) => agent.Api.Status(HttpMethod.Post, $"/api/agents/{agent.Id}/{what}", body);

    private static async Task<(JsonNode Body, string? Authorization)> Paid(HttpListener shop)
    {
        var asked = await shop.GetContextAsync().WaitAsync(Soon, Ct);
        var body = (await JsonNode.ParseAsync(asked.Request.InputStream, cancellationToken: Ct))!;
        asked.Response.ContentType = "application/json";
        await asked.Response.OutputStream.WriteAsync("""{"accepted":true,"reference":"R-1"}"""u8.ToArray(), Ct);
        asked.Response.Close();
        return (body, asked.Request.Headers["Authorization"]);
    }

    /// <summary>Files below the data folder (the database with its log, spools, snapshots, logs) that hold the text.</summary>
    private static List<string> Holding(RunningCenter center, string text)
    {
        var wanted = Encoding.ASCII.GetBytes(text);
        return [.. Directory.EnumerateFiles(center.Data, "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }).Where(path => Holds(path, wanted))];
    }

    private static bool Holds(string path, byte[] wanted)
    {
        try
        {
            return File.ReadAllBytes(path).AsSpan().IndexOf(wanted) >= 0;
        }
        catch (IOException)
        {
            // A socket, or gone since the folder was listed.
            return false;
        }
    }
}
