using CallCenter.Media;
using CallCenter.TestKit;
using CallCenter.TestKit.Phones;
using CallCenter.TestKit.Running;

namespace CallCenter.EndToEnd;

/// <summary>Callers outside hours: those who leave a message and one who does not.</summary>
[Trait("needs", "server")]
public sealed class VoicemailTests(CentreFixture fixture)
{
    private const double Beep = 1400;
    private const string HangsUp = "+358405550001", PressesHash = "+358405550002", SaysNothing = "+358405550003";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_message_is_heard_by_the_supervisor_and_its_tenant_and_the_contact_is_deflected()
    {
        var center = await fixture.Center();
        var tenant = await TestTenant.Make(center, "voicemail", "+358911000071", agents: 1);
        await Close(center, tenant);
        using var supervisor = await tenant.SignIn(tenant.Supervisor);
        await using var callers = new TestCaller(center.Sip);

        await using var first = await Speak(callers, supervisor, tenant, HangsUp);
        first.HangUp();
        await using var second = await Speak(callers, supervisor, tenant, PressesHash);
        second.Audio.Press('#');
        await second.WhenEnded(Soon);
        await using var third = await callers.Call(tenant.Number, SaysNothing, hertz: 0).WhenAnswered(Soon);
        await third.Audio.HearsAnything.WaitAsync(Soon, TestContext.Current.CancellationToken);
        third.HangUp();

        var contacts = await Eventually.Get("three contacts over", Soon, () => tenant.Contacts(supervisor), all => all.Count(c => c.EndedAt is not null) == 3);
        foreach (var caller in new[] { HangsUp, PressesHash })
        {
            await CheckMessage(supervisor, tenant, await supervisor.Contact(contacts.Single(c => c.Caller == caller).Id));
        }

        var silent = await supervisor.Contact(contacts.Single(c => c.Caller == SaysNothing).Id);
        silent.Termination.ShouldBe("Closed");
        silent.Events.ShouldNotContain(e => e.Type == "VoicemailLeft");
        silent.ShouldAddUp();
    }

    private static async Task CheckMessage(Api supervisor, TestTenant tenant, ContactDetail contact)
    {
        contact.Termination.ShouldBe("Deflected");
        contact.Agent.ShouldBeNull();
        contact.Events.Count(e => e.Type == "VoicemailLeft").ShouldBe(1);
        contact.ShouldAddUp();
        var caller = contact.Legs.ShouldHaveSingleItem();
        caller.Phase("ivr").ShouldBeGreaterThan(2000);
        var recording = contact.Recordings.ShouldHaveSingleItem();
        await Eventually.Get("the recording sealed", Soon, () => supervisor.Get($"/api/recordings?contact={contact.Id}"), list => (bool)list["items"]![0]!["sealed"]!);
        using var client = await tenant.SignIn(tenant.Client);
        foreach (var listener in new[] { supervisor, client })
        {
            using var stream = new MemoryStream(await listener.Bytes($"/api/recordings/{recording}/audio"));
            var wav = Wav.Read(stream);
            // Window by window, 1.6 s of more than 2 s: a phone that stood still for a moment, on a busy machine, is silent then and goes on in another phase.
            var shares = wav.Channel(0).Chunk(Clip.Rate / 5).Select(window => ToneProbe.Share(window, Clip.Rate, 440)).ToList();
            shares.Count(share => share > 0.9).ShouldBeGreaterThanOrEqualTo(8, $"windows of 200 ms: {string.Join(' ', shares.Select(share => $"{share:0.00}"))}");
            ToneProbe.LevelDb(wav.Channel(1)).ShouldBeLessThan(-60);
        }

        using var agent = await tenant.SignIn(tenant.Agents[0]);
        (await agent.Status(HttpMethod.Get, $"/api/recordings/{recording}/audio")).ShouldBe(System.Net.HttpStatusCode.NotFound);
    }

    /// <summary>Calls, hears the beep and speaks until more than two seconds of it are stored.</summary>
    private static async Task<PhoneCall> Speak(TestCaller callers, Api supervisor, TestTenant tenant, string from)
    {
        var call = callers.Call(tenant.Number, from);
        // Listens before the answer: a busy machine comes back to this line when the beep is over.
        var beep = call.Audio.Hears(Beep, Soon);
        await call.WhenAnswered(Soon);
        await beep;
        var contact = (await tenant.Contacts(supervisor)).Single(c => c.Caller == from).Id;
        await Eventually.Get("blocks of the message", Soon, () => supervisor.Get($"/api/recordings?contact={contact}"),
            list => list["items"]!.AsArray() is [{ } item] && (int)item["blocks"]! >= 5);
        return call;
    }

    /// <summary>The tenant's number is closed around today.</summary>
    private static async Task Close(RunningCenter center, TestTenant tenant)
    {
        using var administrator = await center.SignInAs("administrator");
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        await administrator.Put($"/api/flows/{tenant.Flow}", new
        {
            tenant = tenant.Id, name = "Puhelu", language = "fi", start = "hours",
            steps = new Dictionary<string, object>
            {
                ["hours"] = new
                {
                    hours = new
                    {
                        open = new[] { new { days = new[] { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" }, from = "00:00", to = "24:00" } },
                        closedOn = new[] { today.AddDays(-1), today, today.AddDays(1) }, then = "queue", otherwise = "message",
                    },
                },
                ["queue"] = new { queue = new { queue = tenant.Queue } },
                ["message"] = new { voicemail = new { prompt = tenant.Prompt, maxSeconds = 60, silenceSeconds = 10 } },
            },
        });
    }
}
