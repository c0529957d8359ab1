using System.Threading.Channels;

namespace CallCenter.Media.Tests;

/// <summary>An engine, a secure leg, its events, and a plain leg bridged to it whose other end is a raw socket.</summary>
internal sealed class SecureStage : IAsyncDisposable
{
    private readonly Loopback _net;
    private readonly Channel<MediaEvent> _events = Channel.CreateUnbounded<MediaEvent>();

    public SecureStage(Func<MediaOptions, MediaOptions>? configure = null)
    {
        _net = new Loopback(configure);
        Leg = Open();
        Plain = _net.OpenLeg("plain");
        Carrier = new RawPeer();
    }

    public MediaEngine Engine => _net.Engine;
    public MediaLeg Leg { get; }
    public MediaLeg Plain { get; }
    public RawPeer Carrier { get; }

    public MediaLeg Open() =>
        _net.Engine.TryOpenLeg(new LegOptions { Name = "browser", Security = MediaSecurity.Dtls, OnEvent = each => _events.Writer.TryWrite(each) }, out var leg, out var error)
            ? leg
            : throw new InvalidOperationException(error.ToString());

    public async Task Bridge()
    {
        await Plain.SetRemote(Loopback.Remote(Carrier.Port, PayloadFormat.Pcmu, 101));
        await Leg.Bridge(Plain);
    }

    public async Task<T> Next<T>() where T : MediaEvent
    {
        using var timeout = new CancellationTokenSource(Loopback.Deadline);
        while (true)
        {
            if (await _events.Reader.ReadAsync(timeout.Token) is T wanted)
            {
                return wanted;
            }
        }
    }

    public Task Dropped(DropReason reason, long count) =>
        Wait.Until(async () => (await Leg.GetStatistics()).Dropped[reason] == count);

    public async ValueTask DisposeAsync()
    {
        Carrier.Dispose();
        await _net.DisposeAsync();
    }
}
