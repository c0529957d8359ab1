using System.Threading.Channels;

namespace CallCenter.Media.Tests;

/// <summary>Digits over real sockets.</summary>
public class DigitTests
{
    [Fact]
    public async Task Digits_travel_both_ways()
    {
        await using var net = new Loopback();
        var received = Channel.CreateUnbounded<MediaEvent>();
        var (leg, phone) = await net.Party("caller", PayloadFormat.Pcmu, 96, raised => received.Writer.TryWrite(raised));

        var sent = await phone.Leg.SendDigits("12#");
        sent.ShouldBe(SendDigitsResult.Sent);
        (await Digits(received.Reader, 3)).ShouldBe("12#");

        (await leg.SendDigits("*0D")).ShouldBe(SendDigitsResult.Sent);
        foreach (var expected in "*0D")
        {
            (await phone.NextDigit(Loopback.Deadline)).ShouldBe(expected);
        }
    }

    [Fact]
    public async Task A_sent_key_is_what_RFC_4733_says()
    {
        await using var net = new Loopback();
        using var peer = new RawPeer();
        var leg = net.OpenLeg();
        await leg.SetRemote(Loopback.Remote(peer.Port, PayloadFormat.Pcma, 101));
        await leg.SendDigits("7", TimeSpan.FromMilliseconds(80));

        var packets = await peer.Receive(6);
        packets.ShouldAllBe(packet => packet.Header.PayloadType == 101 && packet.Payload[0] == 7);
        packets.Select(packet => packet.Header.Timestamp).Distinct().Count().ShouldBe(1);
        packets.Select(packet => (ushort)(packet.Header.Sequence - packets[0].Header.Sequence)).ShouldBe([0, 1, 2, 3, 4, 5]);
        packets.Select(packet => packet.Header.Marker).ShouldBe([true, false, false, false, false, false]);
        packets.Select(packet => (packet.Payload[2] << 8) | packet.Payload[3]).ShouldBe([160, 320, 480, 640, 640, 640]);
        packets.Select(packet => (packet.Payload[1] & 0x80) != 0).ShouldBe([false, false, false, true, true, true]);
    }

    [Fact]
    public async Task A_bridge_relays_keys_with_the_other_legs_payload_type()
    {
        await using var net = new Loopback();
        using var callerPeer = new RawPeer();
        using var agentPeer = new RawPeer();
        var digits = Channel.CreateUnbounded<MediaEvent>();
        var (caller, agent) = (net.OpenLeg("caller", raised => digits.Writer.TryWrite(raised)), net.OpenLeg("agent"));
        _ = caller.SetRemote(Loopback.Remote(callerPeer.Port, PayloadFormat.Pcma, 96));
        _ = agent.SetRemote(Loopback.Remote(agentPeer.Port, PayloadFormat.Pcma, 101));
        await caller.Bridge(agent);

        callerPeer.SendRtp(caller.LocalRtp, 1, 1600, fill: 9);
        callerPeer.SendRtp(caller.LocalRtp, 2, 1760, 1, 96, RawPeer.Event(3, false, 160), marker: true);
        callerPeer.SendRtp(caller.LocalRtp, 3, 1760, 1, 96, RawPeer.Event(3, true, 320));
        callerPeer.SendRtp(caller.LocalRtp, 4, 2080, fill: 9);

        var packets = await agentPeer.Receive(4);
        packets.Select(packet => (int)packet.Header.PayloadType).ShouldBe([8, 101, 101, 8]);
        packets.Select(packet => packet.Header.Timestamp - packets[0].Header.Timestamp).ShouldBe([0u, 160u, 160u, 480u]);
        packets[1].Header.Marker.ShouldBeTrue();
        packets[2].Payload.ShouldBe(RawPeer.Event(3, true, 320));
        (await Digits(digits.Reader, 1)).ShouldBe("3");
    }

    [Fact]
    public async Task Keys_for_a_leg_without_telephone_event_are_counted_and_sending_says_so()
    {
        await using var net = new Loopback();
        using var peer = new RawPeer();
        var (caller, agent) = (net.OpenLeg(), net.OpenLeg());
        _ = caller.SetRemote(Loopback.Remote(peer.Port, PayloadFormat.Pcma, 101));
        _ = agent.SetRemote(Loopback.Remote(9, PayloadFormat.Pcma, telephoneEvent: null));
        await caller.Bridge(agent);
        peer.SendRtp(caller.LocalRtp, 1, 1, 1, 101, RawPeer.Event(1, true, 160));
        await Wait.Until(async () => (await agent.GetStatistics()).Dropped[DropReason.NoTelephoneEvent] == 1);
        (await agent.SendDigits("1")).ShouldBe(SendDigitsResult.NotNegotiated);
    }

    [Fact]
    public async Task Closing_the_leg_stops_what_was_being_sent()
    {
        await using var net = new Loopback();
        var leg = net.OpenLeg();
        await leg.SetRemote(Loopback.Remote(9, PayloadFormat.Pcma));
        var sending = leg.SendDigits("1234567890");
        await leg.Close();
        (await sending).ShouldBe(SendDigitsResult.Stopped);
        (await leg.SendDigits("1")).ShouldBe(SendDigitsResult.Stopped);
        Should.Throw<ArgumentException>(() => { _ = leg.SendDigits("12x"); });
    }

    private static async Task<string> Digits(ChannelReader<MediaEvent> events, int count)
    {
        using var timeout = new CancellationTokenSource(Loopback.Deadline);
        var digits = "";
        while (digits.Length < count)
        {
            if (await events.ReadAsync(timeout.Token) is DigitReceived key)
            {
                digits += key.Digit;
            }
        }
        return digits;
    }
}
