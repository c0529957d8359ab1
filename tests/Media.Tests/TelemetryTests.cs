using System.Diagnostics.Metrics;

namespace CallCenter.Media.Tests;

public class TelemetryTests
{
    [Fact]
    public async Task The_meter_counts_packets_and_drops_by_reason()
    {
        await using var net = new Loopback();
        using var peer = new RawPeer();
        var leg = net.OpenLeg();
        peer.SendRtp(leg.LocalRtp, 1, 1);
        await Wait.Until(async () => (await leg.GetStatistics()).Dropped[DropReason.Unarmed] == 1);
        await leg.SetRemote(Loopback.Remote(peer.Port, PayloadFormat.Pcma));
        peer.SendRtp(leg.LocalRtp, 2, 161);
        await Wait.Until(async () => (await leg.GetStatistics()).PacketsReceived == 1);

        // Other tests' engines are heard too: at least ours must be in.
        var seen = new Dictionary<string, long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "CallCenter.Media")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument.Name + (tags.Length > 0 ? $":{tags[0].Value}" : ""), value));
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Add(instrument.Name, value));
        listener.Start();
        listener.RecordObservableInstruments();

        seen["media.packets.dropped:Unarmed"].ShouldBeGreaterThanOrEqualTo(1);
        seen["media.packets.received"].ShouldBeGreaterThanOrEqualTo(1);
        seen["media.legs"].ShouldBeGreaterThanOrEqualTo(1);
        foreach (var name in new[] { "media.packets.sent", "media.packets.relayed", "media.ticks.late", "media.events.dropped" })
        {
            seen.ShouldContainKey(name);
        }

        void Add(string name, long value) => seen[name] = seen.GetValueOrDefault(name) + value;
    }

    [Fact]
    public async Task Handlers_that_throw_are_reported_and_events_go_on()
    {
        var faults = System.Threading.Channels.Channel.CreateUnbounded<MediaFault>();
        await using var engine = MediaEngine.Start(new MediaOptions
        {
            PortFrom = 0,
            OnFault = fault =>
            {
                faults.Writer.TryWrite(fault);
                throw new InvalidOperationException("the fault handler too");
            },
        }, TimeProvider.System);
        engine.TryOpenLeg(new LegOptions { OnEvent = _ => throw new FormatException("handler") }, out var leg, out _).ShouldBeTrue();
        using var timeout = new CancellationTokenSource(Loopback.Deadline);
        for (var i = 1; i <= 2; i++)
        {
            _ = leg!.Play(Clip.Silence(TimeSpan.Zero));
            (await faults.Reader.ReadAsync(timeout.Token)).Exception.ShouldBeOfType<FormatException>();
        }
        engine.EventsDropped.ShouldBeGreaterThanOrEqualTo(1);
    }
}
