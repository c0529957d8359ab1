using System.Threading.Channels;

namespace CallCenter.Media.Tests;

public class SilenceTests
{
    [Fact]
    public async Task Silence_is_told_once_and_again_after_packets_returned()
    {
        await using var net = new Loopback(options => options with { SilenceTimeout = TimeSpan.FromMilliseconds(200) });
        using var peer = new RawPeer();
        var events = Channel.CreateUnbounded<MediaEvent>();
        var leg = net.OpenLeg("caller", raised => events.Writer.TryWrite(raised));
        await leg.SetRemote(Loopback.Remote(peer.Port, PayloadFormat.Pcma));
        using var timeout = new CancellationTokenSource(Loopback.Deadline);

        var first = (await events.Reader.ReadAsync(timeout.Token)).ShouldBeOfType<MediaSilent>();
        (first.At - first.Since).TotalMilliseconds.ShouldBeInRange(200, 1000);
        peer.SendRtp(leg.LocalRtp, 1, 1);
        (await events.Reader.ReadAsync(timeout.Token)).ShouldBeOfType<RemoteLatched>().Remote.ShouldBe(peer.Address);
        var second = (await events.Reader.ReadAsync(timeout.Token)).ShouldBeOfType<MediaSilent>();
        second.Since.ShouldBeGreaterThan(first.At.AddMilliseconds(-25));
        await leg.Close();
        events.Reader.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_leg_that_does_not_receive_is_not_silent()
    {
        await using var net = new Loopback(options => options with { SilenceTimeout = TimeSpan.FromMilliseconds(100) });
        var phone = RtpEndpoint.Open(net.Engine);
        await phone.Connect(Loopback.Local(9), PayloadFormat.Pcma, direction: MediaDirection.SendOnly);
        await Should.ThrowAsync<TimeoutException>(() => phone.NextEvent<MediaSilent>(TimeSpan.FromMilliseconds(300)));
        await phone.Connect(Loopback.Local(9), PayloadFormat.Pcma);
        await phone.NextEvent<MediaSilent>(Loopback.Deadline);
    }
}
