using CallCenter.TestKit;
using CallCenter.TestKit.Running;

namespace CallCenter.EndToEnd;

/// <summary>What is sent to whoever keeps traces, metrics and logs says nothing of who called.</summary>
[Trait("needs", "server")]
public sealed class PersonalDataTests(CentreFixture fixture)
{
    private const string Number = "409988776", Name = "Salamäki-Åkerblom", Notes = "pähkinäallergia";
    private const int Processes = 11, Intervals = 3;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Telemetry_holds_no_personal_data()
    {
        var center = await fixture.Center();
        var telemetry = await fixture.Traces();
        var tenant = await TestTenant.Make(center, "private", "+358911000009", agents: 1);
        string[] secret = [Number, Name, Notes, tenant.Agents[0].Password, tenant.Agents[0].SipPassword];
        telemetry.Watch([.. secret, $"{tenant.Id}"]);

        var contact = await OneTalk.Play(center, tenant, $"+358{Number}");
        using var agent = await tenant.SignIn(tenant.Agents[0]);
        using var supervisor = await tenant.SignIn(tenant.Supervisor);
        var customer = await Eventually.Get("the customer", Soon, async () => (await supervisor.Get($"/api/customers?tenant={tenant.Id}&q={Number}"))["items"]!.AsArray(), all => all.Count == 1);
        var id = (Guid)customer[0]!["id"]!;
        var card = await supervisor.Get($"/api/customers/{id}");
        await supervisor.Put($"/api/customers/{id}", new { name = Name, notes = Notes, numbers = card["numbers"], version = (int)card["version"]! });
        await supervisor.Get($"/api/customers?tenant={tenant.Id}&q={Uri.EscapeDataString(Name)}");
        var now = TimeProvider.System.GetUtcNow();
        await supervisor.Get($"/api/contacts?tenant={tenant.Id}&from={now.AddDays(-1):yyyy-MM-ddTHH:mm:ssZ}&to={now.AddDays(1):yyyy-MM-ddTHH:mm:ssZ}&caller={Number}");
        await supervisor.Bytes($"/api/recordings/{contact.Recordings[0]}/audio");

        await Eventually.Get("the contact's end in the trace", Soon, () => Task.FromResult(telemetry.Spans.Count(s => s.Name == "record ContactEnded" && s.Tags.Values.Contains($"{contact.Id}"))), n => n > 0);
        var from = telemetry.MetricMessages;
        await Eventually.Get("what was still to be sent", Soon, () => Task.FromResult(telemetry.MetricMessages - from), n => n >= Processes * Intervals || (n >= Intervals && center.Shape == Shape.OneProcess));

        telemetry.Seen.Keys.ShouldContain($"{tenant.Id}"); // it does look
        telemetry.Seen.Where(seen => secret.Contains(seen.Key)).Select(seen => $"{seen.Key} in {seen.Value}").ShouldBeEmpty();
    }
}
