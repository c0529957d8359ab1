using System.Net;
using CallCenter.Media;
using CallCenter.Sip.Sdp;

namespace CallCenter.Telephony.Tests;

/// <summary>What a leg agrees to: G.711 by default, what is preferred where both have it, anything we can decode before a refusal.</summary>
public sealed class LegMediaTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly MediaEngine engine = MediaEngine.Start(new MediaOptions { PortFrom = 0 }, TimeProvider.System);

    private LegMedia Open(params SdpCodec[] preferred) =>
        LegMedia.TryOpen(engine, IPAddress.Loopback, "leg", null, _ => { }, out var error, MediaSecurity.None, preferred)
            ?? throw new InvalidOperationException(error.ToString());

    private static string Offer(params string[] codecs) =>
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
        + $"m=audio 40000 RTP/AVP {string.Join(' ', codecs.Select(c => c.Split(' ')[0]))}\r\n"
        + string.Concat(codecs.Select(c => $"a=rtpmap:{c}\r\n"));

    private static SdpCodec Agreed(LegMedia media, string offer)
    {
        media.Answer(offer).ShouldBeOfType<SdpAgreed>();
        return media.Audio.ShouldNotBeNull().Codec;
    }

    [Fact]
    public void G711_is_taken_where_it_is_offered()
    {
        Agreed(Open(), Offer("96 opus/48000/2", "9 G722/8000", "0 PCMU/8000")).ShouldBe(SdpCodec.Pcmu);
    }

    [Fact]
    public void A_caller_without_G711_is_heard_in_what_we_can_decode()
    {
        var media = Open();
        Agreed(media, Offer("97 speex/8000", "96 opus/48000/2", "110 telephone-event/48000", "101 telephone-event/8000")).PayloadType.ShouldBe(96);
        media.Audio!.TelephoneEvent.ShouldBe(110);
        media.Description.ShouldNotBeNull().ShouldContain("a=rtpmap:110 telephone-event/48000");
        Open().Answer(Offer("97 speex/8000")).ShouldBe(SdpNegotiator.NoCommonCodec);
    }

    [Fact]
    public async Task What_is_preferred_is_offered_first_agreed_to_and_spoken()
    {
        var (ours, theirs) = (Open(SdpCodec.Opus), Open(SdpCodec.Opus));
        var offer = ours.Offer(AudioCodec.Pcmu);
        offer.ShouldContain("RTP/AVP 111 0 8 110 101");
        Agreed(theirs, offer).Name.ShouldBe("opus");
        ours.Accept(theirs.Description!).ShouldBeOfType<SdpAgreed>().Audio.Codec.Name.ShouldBe("opus");
        ours.Connect(IPAddress.Loopback);
        theirs.Connect(IPAddress.Loopback);

        var heard = new MemoryRecorder();
        var tap = engine.StartRecording(new RecordingOptions { Caller = theirs.Leg, Sink = heard });
        ours.Leg.Play(Tones.Sine(440, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        using var timeout = new CancellationTokenSource(Deadline);
        await heard.WaitForSamples(8000, timeout.Token);
        ToneProbe.DominantFrequency(heard.Caller(), Clip.Rate).ShouldBe(440, 5);
        await tap.Stop();
    }

    public ValueTask DisposeAsync() => engine.DisposeAsync();
}
