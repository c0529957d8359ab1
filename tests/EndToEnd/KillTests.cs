using System.Globalization;
using System.Text.Json.Nodes;
using CallCenter.Media;
using CallCenter.TestKit;
using CallCenter.TestKit.Audio;
using CallCenter.TestKit.Running;

namespace CallCenter.EndToEnd;

/// <summary>The process dies without a word, or is told to stop, while calls live: nothing is lost and nobody is stuck.</summary>
[Trait("needs", "server")]
public sealed class KillTests
{
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Talk = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task Kill_9_during_twenty_talks_and_ten_waiting_leaves_nothing_stuck()
    {
        await using var center = await RunningCenter.Start();
        var tenant = await TestTenant.Make(center, "killed", "+358911000002", agents: 20);
        await using var live = await LiveCalls.Begin(center, tenant, waiting: 10);
        await LiveCalls.GoOn(Talk);

        var killedAt = TimeProvider.System.GetUtcNow();
        await center.Kill();
        await center.Start();

        TestContext.Current.TestOutputHelper?.WriteLine($"ready again after {center.ReadyAfter.TotalSeconds:0.0} s");
        using var supervisor = await tenant.SignIn(tenant.Supervisor);
        await NobodyIsStuck(supervisor, "killed-");
        var contacts = await AllEnded(supervisor, tenant, 30);
        foreach (var caller in live.Talking)
        {
            var contact = await supervisor.Contact(contacts.Single(c => c.Caller == caller).Id);
            contact.ShouldAddUp();
            contact.Termination.ShouldBe("Completed");
            await HoldsAllButTheLastSecond(supervisor, contact, killedAt);
        }
        foreach (var caller in live.Waiting)
        {
            var contact = await supervisor.Contact(contacts.Single(c => c.Caller == caller).Id);
            contact.ShouldAddUp();
            contact.Termination.ShouldBe("Failed(gateway, ours)");
        }

        await ReportsCountEachOnce(supervisor, tenant, answered: 20, failed: 10);
    }

    [Fact]
    public async Task Sigterm_ends_live_calls_within_ten_seconds_and_loses_nothing()
    {
        await using var center = await RunningCenter.Start();
        var tenant = await TestTenant.Make(center, "stopped", "+358911000003", agents: 3);
        await using var live = await LiveCalls.Begin(center, tenant, waiting: 2);
        await LiveCalls.GoOn(Talk);

        var stoppedAt = TimeProvider.System.GetUtcNow();
        var (took, exitCode) = await center.Terminate(TimeSpan.FromSeconds(10));
        await live.AllEnded(TimeSpan.FromSeconds(1));

        TestContext.Current.TestOutputHelper?.WriteLine($"stopped in {took.TotalSeconds:0.0} s");
        exitCode.ShouldBe(0, center.Output);
        await center.Start();
        using var supervisor = await tenant.SignIn(tenant.Supervisor);
        await NobodyIsStuck(supervisor, "stopped-");
        foreach (var ended in await AllEnded(supervisor, tenant, 5))
        {
            var contact = await supervisor.Contact(ended.Id);
            contact.ShouldAddUp();
            contact.Termination.ShouldBe(live.Talking.Contains(contact.Caller) ? "Completed" : "Failed(gateway, ours)");
            if (live.Talking.Contains(contact.Caller))
            {
                await HoldsAllButTheLastSecond(supervisor, contact, stoppedAt);
            }
        }

        await ReportsCountEachOnce(supervisor, tenant, answered: 3, failed: 2);
    }

    /// <summary>The figures of the tenant's queues, which follow the events.</summary>
    private static async Task ReportsCountEachOnce(Api supervisor, TestTenant tenant, int answered, int failed)
    {
        var now = TimeProvider.System.GetUtcNow();
        var path = string.Create(
            CultureInfo.InvariantCulture, $"/api/reports/queues?tenant={tenant.Id}&from={now.AddHours(-1):yyyy-MM-ddTHH:mm:ssZ}&to={now.AddHours(1):yyyy-MM-ddTHH:mm:ssZ}&interval=month");
        string[] metrics = ["offered", "answered", "handled", "failed", "abandoned", "short_abandoned", "flow_out", "still_waiting"];
        double[] expected = [answered + failed, answered, answered, failed, 0, 0, 0, 0];
        await Eventually.Get(
            "each contact counted once", Settled, async () => Sums(await supervisor.Get(path), metrics), sums => sums.SequenceEqual(expected));
    }

    private static double[] Sums(JsonNode report, string[] metrics)
    {
        var items = report["items"]!.AsArray();
        return [.. metrics.Select(metric => items.Sum(item => (double?)item!["metrics"]![metric]!["value"] ?? 0))];
    }

    private static Task<IReadOnlyList<ContactItem>> AllEnded(Api supervisor, TestTenant tenant, int count) => Eventually.Get(
        "every contact ended", Settled, () => tenant.Contacts(supervisor),
        all => all.Count == count && all.All(c => c.EndedAt is not null));

    private static Task<IReadOnlyList<AgentView>> NobodyIsStuck(Api supervisor, string prefix) => Eventually.Get(
        "every agent at rest", Settled, supervisor.Agents,
        all => all.Where(a => a.User.StartsWith(prefix, StringComparison.Ordinal)).All(a => a.State is "Idle" or "Unreachable"));

    private static async Task HoldsAllButTheLastSecond(Api supervisor, ContactDetail contact, DateTimeOffset until)
    {
        var id = contact.Recordings.ShouldHaveSingleItem(string.Create(CultureInfo.InvariantCulture, $"recordings of {contact.Caller}"));
        var answered = contact.Events.Single(e => e.Type == "AgentAnswered").At;
        using var stream = new MemoryStream(await Eventually.Get("the recording", Settled, () => Audio(supervisor, id), bytes => bytes.Length > 44));
        var wav = Wav.Read(stream);
        var length = TimeSpan.FromSeconds((double)wav.Channel(0).Length / wav.Rate);
        length.ShouldBeGreaterThan(until - answered - TimeSpan.FromSeconds(1), contact.Caller);
        ToneTime.Share(wav.Channel(0), 440).ShouldBeGreaterThan(0.8, contact.Caller);
        ToneTime.Share(wav.Channel(1), 1000).ShouldBeGreaterThan(0.8, contact.Caller);
    }

    private static async Task<byte[]> Audio(Api supervisor, Guid recording)
    {
        var path = $"/api/recordings/{recording}/audio";
        return await supervisor.Status(HttpMethod.Get, path) == System.Net.HttpStatusCode.OK ? await supervisor.Bytes(path) : [];
    }
}
