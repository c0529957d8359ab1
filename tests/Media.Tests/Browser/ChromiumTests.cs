using System.Net;
using System.Threading.Channels;

namespace CallCenter.Media.Tests.Browser;

/// <summary>A real browser on a secure leg that is bridged to a plain phone: a tone each way.</summary>
[Trait("needs", "server")]
public sealed class ChromiumTests : IAsyncDisposable
{
    private const double Voice = 1000;
    private const double PhoneTone = 440;

    private readonly Loopback _net = new(options => options with { RtcpInterval = TimeSpan.FromMilliseconds(500) });
    private readonly Channel<MediaEvent> _events = Channel.CreateUnbounded<MediaEvent>();
    private readonly MediaLeg _carrier;
    private RtpEndpoint? _phone;
    private readonly HashSet<string> _certificates = [];
    private MediaLeg? _browser;
    private PayloadFormat _format;
    private string _name = "";
    private byte _telephoneEvent;

    public ChromiumTests() => _carrier = _net.OpenLeg("carrier");

    [Theory]
    [InlineData(0, "PCMU/8000", AudioCodec.Pcmu, 126)]
    [InlineData(9, "G722/8000", AudioCodec.G722, 126)]
    [InlineData(111, "opus/48000/2", AudioCodec.Opus, 110)]
    public async Task Tones_and_digits_reports_an_ICE_restart_a_reload_and_the_end_of_the_page(byte payloadType, string name, AudioCodec codec, byte telephoneEvent)
    {
        (_format, _name, _telephoneEvent) = (new PayloadFormat(payloadType, codec), name, telephoneEvent);
        _phone = RtpEndpoint.Open(_net.Engine);
        await _carrier.SetRemote(Loopback.Remote(_phone.Port, PayloadFormat.Pcma));
        await _phone.Connect(_carrier.LocalRtp, PayloadFormat.Pcma);
        _phone.Leg.Play(Tones.Sine(PhoneTone, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        await using var chromium = new Chromium(VoiceSamples(), Answer);

        await BothWays(chromium);
        var first = _browser!;
        (await Next<MediaSecured>()).Profile.ShouldBe(SrtpProfile.AeadAes128Gcm);

        chromium.Order("digit");
        var digit = await Next<DigitReceived>();
        digit.Digit.ShouldBe('5');
        // 200 ms were asked for; a browser on a busy machine pauses in mid-key, and the key counts as over.
        digit.DurationMs.ShouldBeInRange(20, 250);
        await Wait.Until(async () => await first.GetStatistics() is { RoundTripMs: not null, RemoteJitterMs: not null });

        chromium.Order("restart");
        (await Next<IceRestarted>()).Leg.ShouldBe(first);
        await BothWays(chromium);
        (await first.GetStatistics()).Streams.ShouldBe(1);

        chromium.Order("reload");
        (await Next<MediaSecured>()).Leg.ShouldNotBe(first);
        await BothWays(chromium);

        chromium.Order("close");
        (await Next<RemoteClosed>()).Leg.ShouldBe(_browser);
        var statistics = await _browser!.GetStatistics();
        statistics.Dropped[DropReason.Unauthenticated].ShouldBe(0);
        chromium.Faults.ShouldBeEmpty();
    }

    /// <summary>The test's own mark: the page offered new credentials.</summary>
    private sealed record IceRestarted(MediaLeg Leg, DateTimeOffset At) : MediaEvent(Leg, At);

    private async Task BothWays(Chromium chromium)
    {
        await chromium.Hears(PhoneTone);
        await _phone!.WaitForTone(Voice, Chromium.Deadline);
    }

    private static short[] VoiceSamples() =>
        [.. Enumerable.Range(0, 48_000).Select(i => (short)(10_000 * Math.Sin(2 * Math.PI * Voice * i / 48_000)))];

    /// <summary>Signalling in a few lines: the first offer of a page gets a new leg, a later one restarts ICE.</summary>
    private async Task<string> Answer(string offer)
    {
        string Line(string name) => offer.Split("\r\n").First(line => line.StartsWith($"a={name}:", StringComparison.Ordinal))[(name.Length + 3)..];
        // A page that was loaded anew has a certificate of its own.
        var isNew = _certificates.Add(Line("fingerprint"));
        var remote = new RemoteMedia
        {
            Rtp = new IPEndPoint(IPAddress.Any, 9),
            Formats = [_format],
            TelephoneEvent = _telephoneEvent,
            TelephoneEventRate = EventRate,
            Security = new RemoteSecurity { IceUfrag = Line("ice-ufrag"), IcePassword = Line("ice-pwd"), Fingerprint = Line("fingerprint") },
        };
        if (isNew)
        {
            _browser = Open();
            await _browser.Bridge(_carrier);
        }
        else
        {
            _ = _browser!.RestartIce();
            _events.Writer.TryWrite(new IceRestarted(_browser, TimeProvider.System.GetUtcNow()));
        }
        await _browser!.SetRemote(remote);
        return Describe(_browser);
    }

    private MediaLeg Open() =>
        _net.Engine.TryOpenLeg(
            new LegOptions { Name = "browser", Near = _carrier, Security = MediaSecurity.Dtls, OnEvent = each => _events.Writer.TryWrite(each) },
            out var leg, out var error)
            ? leg
            : throw new InvalidOperationException(error.ToString());

    private int EventRate => _format.Codec == AudioCodec.Opus ? 48_000 : 8000;

    private string Describe(MediaLeg leg)
    {
        var ours = leg.LocalSecurity!;
        string[] lines =
        [
            "v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=ice-lite",
            $"m=audio {leg.LocalRtp.Port} UDP/TLS/RTP/SAVPF {_format.PayloadType} {_telephoneEvent}", "c=IN IP4 127.0.0.1", "a=rtcp-mux",
            $"a=ice-ufrag:{ours.IceUfrag}", $"a=ice-pwd:{ours.IcePassword}", $"a=fingerprint:{ours.Fingerprint}", "a=setup:passive",
            $"a=rtpmap:{_format.PayloadType} {_name}", $"a=rtpmap:{_telephoneEvent} telephone-event/{EventRate}",
            .. _format.Codec == AudioCodec.Opus ? [$"a=fmtp:{_format.PayloadType} useinbandfec=1"] : Array.Empty<string>(),
            $"a=candidate:1 1 udp 2130706431 127.0.0.1 {leg.LocalRtp.Port} typ host",
        ];
        return string.Concat(lines.Select(line => line + "\r\n"));
    }

    private async Task<T> Next<T>() where T : MediaEvent
    {
        using var timeout = new CancellationTokenSource(Chromium.Deadline);
        while (true)
        {
            if (await _events.Reader.ReadAsync(timeout.Token) is T wanted)
            {
                return wanted;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_phone is not null)
        {
            await _phone.DisposeAsync();
        }
        await _net.DisposeAsync();
    }
}
