using System.Net;
using System.Threading.Channels;

namespace CallCenter.Media;

/// <summary>
/// A phone's media in a few lines, for tests and simulators: one leg, a recorder of what it hears and a queue of its events.
/// It is the same engine from the other side.
/// </summary>
public sealed class RtpEndpoint : IAsyncDisposable
{
    private static readonly TimeSpan BlockDuration = TimeSpan.FromMilliseconds(100);

    private readonly MediaEngine _engine;
    private readonly Channel<MediaEvent> _events;
    private readonly MemoryRecorder _recorder = new();
    private RecordingTap? _tap;

    private RtpEndpoint(MediaEngine engine, MediaLeg leg, Channel<MediaEvent> events)
    {
        _engine = engine;
        Leg = leg;
        _events = events;
    }

    public MediaLeg Leg { get; }

    /// <summary>The RTP port for the phone's SDP.</summary>
    public int Port => Leg.LocalRtp.Port;

    /// <summary>Everything heard since <see cref="Connect"/>, but for the last 400 to 500 ms: 16-bit samples at 8 kHz.</summary>
    public MemoryRecorder Recorder => _recorder;

    /// <summary>Opens the phone's ports. Throws where the engine has none left.</summary>
    public static RtpEndpoint Open(MediaEngine engine, string name = "phone")
    {
        var events = Channel.CreateBounded<MediaEvent>(new BoundedChannelOptions(256) { FullMode = BoundedChannelFullMode.DropOldest });
        return engine.TryOpenLeg(new LegOptions { Name = name, OnEvent = raised => events.Writer.TryWrite(raised) }, out var leg, out var error)
            ? new RtpEndpoint(engine, leg, events)
            : throw new InvalidOperationException($"No media ports for {name}: {error}.");
    }

    /// <summary>Points the phone at the other side's SDP and starts to record what it hears. Again for a re-INVITE.</summary>
    public async Task Connect(IPEndPoint remote, PayloadFormat format, byte? telephoneEvent = 101, MediaDirection direction = MediaDirection.SendReceive)
    {
        await Leg.SetRemote(new RemoteMedia
        {
            Rtp = remote,
            Formats = [format],
            TelephoneEvent = telephoneEvent,
            TelephoneEventRate = format.Codec == AudioCodec.Opus ? 48_000 : Clip.Rate,
            Direction = direction,
        }).ConfigureAwait(false);
        _tap ??= _engine.StartRecording(new RecordingOptions { Caller = Leg, Sink = _recorder, BlockDuration = BlockDuration });
    }

    /// <summary>The next key the phone receives. Throws <see cref="TimeoutException"/>.</summary>
    public async Task<char> NextDigit(TimeSpan deadline) => (await NextEvent<DigitReceived>(deadline).ConfigureAwait(false)).Digit;

    /// <summary>The next event of a kind; others are skipped. Throws <see cref="TimeoutException"/>.</summary>
    public async Task<T> NextEvent<T>(TimeSpan deadline) where T : MediaEvent
    {
        using var timeout = new CancellationTokenSource(deadline);
        try
        {
            while (true)
            {
                if (await _events.Reader.ReadAsync(timeout.Token).ConfigureAwait(false) is T wanted)
                {
                    return wanted;
                }
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{Leg} got no {typeof(T).Name} within {deadline.TotalSeconds} s.");
        }
    }

    /// <summary>What the phone hears from now on, for a time.</summary>
    public async Task<short[]> Heard(TimeSpan duration)
    {
        var from = _recorder.SampleCount;
        var count = Tones.SampleCount(duration);
        await WaitForSamples(from + count, duration + TimeSpan.FromSeconds(5)).ConfigureAwait(false);
        return _recorder.Caller(from).AsSpan(0, count).ToArray();
    }

    /// <summary>
    /// Waits until at least <paramref name="share"/> of the power of 200 ms of what the phone hears is at one frequency.
    /// Throws <see cref="TimeoutException"/> that says what was heard instead.
    /// </summary>
    public async Task WaitForTone(double hertz, TimeSpan deadline, double share = 0.8)
    {
        const int Window = Clip.Rate / 5;
        var end = _recorder.SampleCount + Tones.SampleCount(deadline);
        var position = _recorder.SampleCount;
        short[] window = [];
        for (; position + Window <= end; position += Window / 2)
        {
            await WaitForSamples(position + Window, deadline + TimeSpan.FromSeconds(5)).ConfigureAwait(false);
            window = _recorder.Caller(position).AsSpan(0, Window).ToArray();
            if (ToneProbe.Share(window, Clip.Rate, hertz) >= share && ToneProbe.LevelDb(window) > -40)
            {
                return;
            }
        }
        throw new TimeoutException(
            $"{Leg} did not hear {hertz} Hz within {deadline.TotalSeconds} s; last {ToneProbe.DominantFrequency(window, Clip.Rate):F0} Hz at {ToneProbe.LevelDb(window):F0} dB.");
    }

    private async Task WaitForSamples(int count, TimeSpan deadline)
    {
        if (_tap is null)
        {
            throw new InvalidOperationException($"{Leg} is not connected.");
        }
        using var timeout = new CancellationTokenSource(deadline);
        try
        {
            await _recorder.WaitForSamples(count, timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{Leg} recorded {_recorder.SampleCount} of {count} samples within {deadline.TotalSeconds} s.");
        }
        if (_recorder.SampleCount < count)
        {
            throw new InvalidOperationException($"{Leg} was closed, or records no longer than 10 minutes.");
        }
    }

    /// <summary>Stops the recorder and closes the leg.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_tap is not null)
        {
            await _tap.Stop().ConfigureAwait(false);
        }
        await Leg.Close().ConfigureAwait(false);
    }
}
