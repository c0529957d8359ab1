using CallCenter.Media;
using CallCenter.TestKit;
using CallCenter.TestKit.Peers;
using CallCenter.TestKit.Running;

namespace CallCenter.EndToEnd;

/// <summary>The call this house is built for, with software of other makes on both ends.</summary>
[Trait("needs", "server")]
public sealed class OneCallTests(CentreFixture fixture)
{
    private const string Caller = "358401112233";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task A_sipp_caller_reaches_a_baresip_agent_by_a_key_and_both_are_recorded()
    {
        var center = await fixture.Center();
        var tenant = center.Demo.Tenants[0];
        var phone = center.Demo.Phones[0];
        using var agent = await center.SignIn(phone.User);
        using var supervisor = await center.SignInAs("supervisor");
        var id = (await agent.Agent(phone.User)).Id;
        await using var baresip = await Baresip.Register(center.Sip, phone.SipUser, phone.SipPassword);
        await agent.SetStatus(id, "Available");
        await Eventually.Get("agent idle", Soon, () => agent.Agent(phone.User), a => a is { Status: "Available", State: "Idle" });

        await using var sipp = await Sipp.Call(
            center.Sip, tenant.Numbers[0].Number, Caller, hertz: 440, key: tenant.Queues[0].Digit[0], pressAfter: TimeSpan.FromSeconds(9), stay: TimeSpan.FromSeconds(8));
        await using var heardByCaller = new RtpWiretap(sipp.MediaPort);
        await baresip.Talks(TimeSpan.FromSeconds(30));
        await sipp.Succeeds(TimeSpan.FromSeconds(30));
        await Eventually.Get("wrap-up over", Soon, () => agent.Agent(phone.User), a => a.State == "Idle");
        await agent.SetStatus(id, "LoggedOut");

        Loudest(heardByCaller.Heard()[^(2 * Clip.Rate)..]).ShouldBe(1000, 5);
        Loudest(Middle(baresip.Heard())).ShouldBe(440, 5);
        var contact = await Ended(supervisor, tenant.Id);
        CheckContact(contact, tenant.Queues[0].Id, id);
        await CheckRecording(supervisor, contact.Recordings.ShouldHaveSingleItem());
        TestContext.Current.TestOutputHelper?.WriteLine($"ready after {center.ReadyAfter.TotalSeconds:0.0} s; legs: {string.Join("; ", contact.Legs.Select(Describe))}");
    }

    private static async Task<ContactDetail> Ended(Api supervisor, Guid tenant)
    {
        var list = await Eventually.Get(
            "the contact in the history", Soon,
            () => supervisor.Contacts(tenant),
            all => all.Any(c => c.Caller.Contains(Caller, StringComparison.Ordinal) && c.EndedAt is not null && c.Recordings.Count > 0));
        return await supervisor.Contact(list.Single(c => c.Caller.Contains(Caller, StringComparison.Ordinal)).Id);
    }

    private static void CheckContact(ContactDetail contact, Guid queue, Guid agent)
    {
        contact.Termination.ShouldBe("Completed");
        contact.Queue.ShouldBe(queue);
        contact.Agent.ShouldBe(agent);
        contact.ShouldAddUp();
        var caller = contact.Legs.Single(l => l.Role == "Caller");
        var agentLeg = contact.Legs.Single(l => l.Role == "Agent");
        foreach (var phase in new[] { "ivr", "queue", "talk" })
        {
            caller.Phase(phase).ShouldBeGreaterThan(0, phase);
        }
        agentLeg.Phase("talk").ShouldBe(caller.Phase("talk"));
        agentLeg.Phase("wrapUp").ShouldBeInRange(3000, 3500);
    }

    private static async Task CheckRecording(Api supervisor, Guid recording)
    {
        using var stream = new MemoryStream(await supervisor.Bytes($"/api/recordings/{recording}/audio"));
        var wav = Wav.Read(stream);
        wav.Channels.ShouldBe(2);
        Loudest(Middle(wav.Channel(0))).ShouldBe(440, 5);
        Loudest(Middle(wav.Channel(1))).ShouldBe(1000, 5);
        Purity(Middle(wav.Channel(0)), 440).ShouldBeGreaterThan(0.9);
        Purity(Middle(wav.Channel(1)), 1000).ShouldBeGreaterThan(0.9);
    }

    // The share of a tenth of a second, the middle one of all: a phone that is late once shifts the tone, and then nothing is left of it over the whole.
    private static double Purity(short[] samples, double hertz) =>
        samples.Chunk(Clip.Rate / 10).Select(part => ToneProbe.Share(part, Clip.Rate, hertz)).Order().ToList() is var shares ? shares[shares.Count / 2] : 0;

    // The borders hold set-up and hang-up.
    private static short[] Middle(short[] samples) => samples[(samples.Length / 4)..(samples.Length * 3 / 4)];

    private static double Loudest(short[] samples) => ToneProbe.DominantFrequency(samples, Clip.Rate);

    private static string Describe(LegView leg) =>
        $"{leg.Role} {leg.LengthMs} ms = {string.Join(" + ", leg.Phases.Where(p => p.Value > 0 && p.Key != "wrapUp").Select(p => $"{p.Key} {p.Value}"))}, wrap-up {leg.Phase("wrapUp")}";
}
