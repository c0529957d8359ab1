using System.Net;
using CallCenter.Media;
using CallCenter.Sip;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Digest;
using CallCenter.Sip.Registration;
using CallCenter.TestKit;
using CallCenter.TestKit.Peers;
using CallCenter.TestKit.Phones;
using CallCenter.TestKit.Running;

namespace CallCenter.EndToEnd;

/// <summary>The instruments measure: phones and peers hear one another with nothing in between.</summary>
[Trait("needs", "server")]
public sealed class PeerTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Test_phones_hear_each_other_and_the_hang_up()
    {
        await using var phone = TestPhone.Unregistered(hertz: 1000);
        await using var caller = new TestCaller(phone.Address);
        await using var call = caller.Call("1001", hertz: 440);
        await using var answered = await phone.NextCall(Soon);
        await call.WhenAnswered(Soon);

        await call.Audio.Hears(1000, Soon);
        await answered.Audio.Hears(440, Soon);
        answered.HangUp();

        (await call.WhenEnded(Soon)).Cause.ShouldBe(SipEndCause.RemoteBye);
    }

    [Fact]
    public async Task A_phone_that_hears_another_tone_says_which()
    {
        await using var phone = TestPhone.Unregistered(hertz: 1000);
        await using var caller = new TestCaller(phone.Address);
        await using var call = caller.Call("1001");

        var error = await Should.ThrowAsync<TimeoutException>(() => call.Audio.Hears(440, TimeSpan.FromSeconds(1)));

        error.Message.ShouldContain("1000 Hz");
    }

    [Fact]
    public async Task Sipp_speaks_and_the_wiretap_hears_what_it_is_sent()
    {
        await using var phone = TestPhone.Unregistered(hertz: 1000);
        await using var sipp = await Sipp.Call(phone.Address, "1001", "358401", 440, '1', TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        await using var wiretap = new RtpWiretap(sipp.MediaPort);
        await using var answered = await phone.NextCall(Soon);

        await answered.Audio.Hears(440, Soon);
        await sipp.Succeeds(Soon);

        ToneProbe.Share(wiretap.Heard(), 8000, 1000).ShouldBeGreaterThan(0.9);
    }

    [Fact]
    public async Task Baresip_registers_with_digest_answers_and_keeps_what_it_hears()
    {
        var registrar = new Registrar(
            new RegistrarOptions { Realm = "test", Credentials = user => Ha1.From(user, "test", "secret"), Algorithms = [DigestAlgorithm.Md5] },
            TimeProvider.System);
        await using var server = new SipEndpoint(
            new SipEndpointOptions { BindAddress = IPAddress.Loopback, Port = 0 },
            new SipHandlers { Registrar = registrar, Invite = call => call.Reject(405), Error = e => TestContext.Current.TestOutputHelper?.WriteLine($"{e}") },
            TimeProvider.System);
        server.Start();
        await using var baresip = await Baresip.Register(server.LocalEndPoint, "1001", "secret", hertz: 1000);
        await using var audio = new PhoneAudio(440);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var call = server.Invite(UacInvite.ToBinding(registrar.Find("1001").ShouldHaveSingleItem()) with { Sdp = audio.Sdp }, e =>
        {
            if (e is CallAnswered { Sdp: { } answer })
            {
                audio.Connect(answer);
            }
            if (e is CallEnded)
            {
                ended.SetResult();
            }
        });

        await baresip.Talks(Soon);
        await audio.Hears(1000, Soon);
        await Eventually.Get("seconds of audio", Soon, () => Task.FromResult(audio.PacketsHeard), heard => heard > 100);
        call.Bye();
        await ended.Task.WaitAsync(Soon, TestContext.Current.CancellationToken);

        // baresip closes its file after it has answered the BYE.
        await Eventually.Get("440 Hz in baresip's file", Soon, () => Task.FromResult(ToneProbe.DominantFrequency(baresip.Heard(), 8000)), hertz => Math.Abs(hertz - 440) < 5);
    }
}
