using System.Net;

namespace CallCenter.Media.Tests;

/// <summary>An engine on loopback ports of the system's choice, and what tests need around it.</summary>
internal sealed class Loopback : IAsyncDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly List<MediaFault> _faults = [];

    public Loopback(Func<MediaOptions, MediaOptions>? configure = null)
    {
        var options = new MediaOptions { PortFrom = 0, OnFault = _faults.Add };
        Engine = MediaEngine.Start(configure?.Invoke(options) ?? options, TimeProvider.System);
    }

    public MediaEngine Engine { get; }

    public static IPEndPoint Local(int port) => new(IPAddress.Loopback, port);

    public MediaLeg OpenLeg(string name = "leg", Action<MediaEvent>? onEvent = null) =>
        Engine.TryOpenLeg(new LegOptions { Name = name, OnEvent = onEvent }, out var leg, out var error)
            ? leg
            : throw new InvalidOperationException(error.ToString());

    /// <summary>A gateway leg and the phone at its other end, connected.</summary>
    public async Task<(MediaLeg Leg, RtpEndpoint Phone)> Party(string name, PayloadFormat format, byte? telephoneEvent = 101, Action<MediaEvent>? onEvent = null)
    {
        var leg = OpenLeg(name, onEvent);
        var phone = RtpEndpoint.Open(Engine, name + "-phone");
        await leg.SetRemote(Remote(phone.Port, format, telephoneEvent));
        await phone.Connect(leg.LocalRtp, format, telephoneEvent);
        return (leg, phone);
    }

    public static RemoteMedia Remote(int port, PayloadFormat format, byte? telephoneEvent = 101) => new()
    {
        Rtp = Local(port),
        SignallingSource = IPAddress.Loopback,
        Formats = [format],
        TelephoneEvent = telephoneEvent,
    };

    /// <summary>
    /// The purest 200 ms at a frequency. A loaded machine delays packets and the timeline then moves, which breaks a tone's
    /// phase somewhere; between the breaks it must be pure.
    /// </summary>
    public static double BestShare(ReadOnlySpan<short> samples, double hertz)
    {
        var best = 0.0;
        for (var from = 0; from + 1600 <= samples.Length; from += 400)
        {
            best = Math.Max(best, ToneProbe.Share(samples.Slice(from, 1600), Clip.Rate, hertz));
        }
        return best;
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        _faults.ShouldBeEmpty();
    }
}
