using CallCenter.TestKit;
using CallCenter.TestKit.Running;

namespace CallCenter.EndToEnd.HangUps;

/// <summary>Callers and agents leave at every phase; what the history says afterwards is right to the millisecond.</summary>
[Trait("needs", "server")]
public sealed class HangUpTests
{
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(20);

    [Fact]
    public Task Sixty_contacts_each_end_right() => Play(60, agents: 6, seed: 20261121);

    [Fact(Explicit = true)]
    [Trait("soak", "hangups")]
    public Task A_thousand_contacts_each_end_right() => Play(1000, agents: 12, seed: Environment.TickCount);

    private static async Task Play(int count, int agents, int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        await using var center = await RunningCenter.Start("Telephony:MediaTimeoutSeconds=2");
        var tenant = await TestTenant.Make(center, "hangups", "+358911000001", agents, shortAbandonSeconds: 3);
        var scripts = HangUpPlan.Draw(count, seed, first: 1);
        var run = new HangUpRun(center, tenant, scripts, TestContext.Current.TestOutputHelper!.WriteLine);

        await run.Play();

        run.Faults.ShouldBeEmpty($"seed {seed}");
        using var supervisor = await tenant.SignIn(tenant.Supervisor);
        var contacts = await Eventually.Get("every contact ended", Settled, () => tenant.Contacts(supervisor), all => all.Count(c => c.EndedAt is not null) == count);
        foreach (var script in scripts)
        {
            var contact = await supervisor.Contact(contacts.Single(c => c.Caller == script.Caller).Id);
            contact.ShouldAddUp();
            contact.Termination.ShouldBe(script.Termination ?? ByTimeInQueue(contact), $"seed {seed}: {script}");
        }
        (await supervisor.Agents()).Where(a => a.User.StartsWith("hangups-", StringComparison.Ordinal)).ShouldAllBe(a => a.State == "Idle" || a.State == "Unreachable");
    }

    // domain.md, section 3: sooner than the threshold (3 s here) after queue entry is a short abandon.
    private static string ByTimeInQueue(ContactDetail contact) =>
        contact.Legs.Single(l => l.Role == "Caller").Phase("queue") < 3000 ? "ShortAbandon" : "CallerAbandoned";
}
