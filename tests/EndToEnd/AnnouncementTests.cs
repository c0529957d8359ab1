using System.Net.Http.Headers;
using CallCenter.Media;
using CallCenter.TestKit;
using CallCenter.TestKit.Phones;
using CallCenter.TestKit.Running;

namespace CallCenter.EndToEnd;

/// <summary>What a caller hears who waits: music, place and wait in between, music again.</summary>
[Trait("needs", "server")]
public sealed class AnnouncementTests(CentreFixture fixture)
{
    private const double IntroHertz = 700, MusicHertz = 900;
    private static readonly TimeSpan Intro = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_waiting_caller_hears_the_place_then_music_and_the_events_tell_it()
    {
        var center = await fixture.Center();
        var tenant = await TestTenant.Make(center, "told", "+358911000061", agents: 1);
        using var administrator = await center.SignInAs("administrator");
        await PutFlow(administrator, tenant, await Music(administrator, tenant));

        await using var callers = new TestCaller(center.Sip);
        await using var call = await callers.Call(tenant.Number).WhenAnswered(Soon);
        await Eventually.Get("speech", Soon, () => Task.FromResult(call.Audio.LastHeard(TimeSpan.FromMilliseconds(500))), IsSpeech);
        await call.Audio.Hears(IntroHertz, Soon);
        await call.Audio.Hears(MusicHertz, Soon);
        var introAgain = call.Audio.Hears(IntroHertz, 10 * Soon);
        using var supervisor = await tenant.SignIn(tenant.Supervisor);
        var contact = (await Eventually.Get("the contact", Soon, () => tenant.Contacts(supervisor), all => all.Count == 1))[0].Id;
        var detail = await Eventually.Get("told twice", Soon, () => supervisor.Contact(contact), c => c.Events.Count(e => e.Type == "WaitAnnounced") >= 2);
        detail.Events.First(e => e.Type == "WaitAnnounced").At.ShouldBeGreaterThan(detail.Events.First(e => e.Type == "QueueRequested").At);

        await call.Audio.Hears(MusicHertz, Soon);
        var told = (await supervisor.Get($"/api/contacts/{contact}"))["announcements"]!.AsArray()[0]!;
        ((int)told["position"]!, (Guid)told["queue"]!, (long?)told["estimatedWaitMs"]).ShouldBe((1, tenant.QueueOfNobody, null));
        introAgain.IsCompleted.ShouldBeFalse("the music goes on where it was interrupted");
        call.HangUp();
    }

    private static bool IsSpeech(short[] heard) =>
        heard.Length > 0 && ToneProbe.LevelDb(heard) > -40 && ToneProbe.Share(heard, Clip.Rate, IntroHertz) < 0.3 && ToneProbe.Share(heard, Clip.Rate, MusicHertz) < 0.3;

    private static async Task<Guid> Music(Api administrator, TestTenant tenant)
    {
        var music = Guid.CreateVersion7();
        await administrator.Put($"/api/prompts/{music}", new { tenant = tenant.Id, language = "fi", text = "Musiikkia." });
        using var wav = new MemoryStream();
        Wav.Write(wav, [.. Tones.Sine(IntroHertz, Intro).Samples, .. Tones.Sine(MusicHertz, TimeSpan.FromMinutes(2)).Samples]);
        using var body = new ByteArrayContent(wav.ToArray());
        body.Headers.ContentType = new MediaTypeHeaderValue("audio/wav");
        using var response = await administrator.Http.PutAsync(new Uri($"/api/prompts/{music}/audio", UriKind.Relative), body);
        response.EnsureSuccessStatusCode();
        return music;
    }

    /// <summary>Straight into the queue that nobody serves, told every ten seconds.</summary>
    private static async Task PutFlow(Api administrator, TestTenant tenant, Guid music) => await administrator.Put($"/api/flows/{tenant.Flow}", new
    {
        tenant = tenant.Id, name = "Odotus", language = "fi", start = "queue",
        steps = new { queue = new { queue = new { queue = tenant.QueueOfNobody, music, announce = new { everySeconds = 10 } } } },
    });
}
