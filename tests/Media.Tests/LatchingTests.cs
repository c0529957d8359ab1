namespace CallCenter.Media.Tests;

/// <summary>The latch with real sockets: what reaches the other leg and what does not.</summary>
public class LatchingTests
{
    private static async Task<(MediaLeg Caller, MediaLeg Agent, RawPeer CallerPeer, RawPeer AgentPeer)> Bridged(Loopback net)
    {
        var (callerPeer, agentPeer) = (new RawPeer(), new RawPeer());
        var (caller, agent) = (net.OpenLeg("caller"), net.OpenLeg("agent"));
        _ = caller.SetRemote(Loopback.Remote(callerPeer.Port, PayloadFormat.Pcma));
        _ = agent.SetRemote(Loopback.Remote(agentPeer.Port, PayloadFormat.Pcma));
        await caller.Bridge(agent);
        return (caller, agent, callerPeer, agentPeer);
    }

    [Fact]
    public async Task A_third_address_reaches_nobody()
    {
        await using var net = new Loopback();
        var (caller, agent, callerPeer, agentPeer) = await Bridged(net);
        using var attacker = new RawPeer("127.0.0.2");
        using var neighbour = new RawPeer();

        for (ushort i = 0; i < 20; i++)
        {
            attacker.SendRtp(caller.LocalRtp, i, i * 160u, fill: 1);
        }
        callerPeer.SendRtp(caller.LocalRtp, 100, 1000, fill: 2);
        (await agentPeer.Receive()).Payload[0].ShouldBe((byte)2);
        for (ushort i = 0; i < 20; i++)
        {
            attacker.SendRtp(caller.LocalRtp, (ushort)(101 + i), 1000 + (i * 160u), fill: 1);
            neighbour.SendRtp(caller.LocalRtp, (ushort)(101 + i), 1000 + (i * 160u), fill: 1);
        }
        callerPeer.SendRtp(caller.LocalRtp, 101, 1160, fill: 3);
        (await agentPeer.Receive()).Payload[0].ShouldBe((byte)3);

        // Strangers meet another socket than the remote: they may be counted after its packet.
        await Wait.Until(async () => (await caller.GetStatistics()).Dropped[DropReason.ForeignAddress] == 60);
        (await caller.GetStatistics()).Latched.ShouldBe(callerPeer.Address);
        (await agent.GetStatistics()).PacketsSent.ShouldBe(2);
        attacker.Waiting.ShouldBe(0);
        neighbour.Waiting.ShouldBe(0);
        callerPeer.Dispose();
        agentPeer.Dispose();
    }

    [Fact]
    public async Task A_new_SSRC_from_the_same_address_is_a_new_stream_and_continues_ours()
    {
        await using var net = new Loopback();
        var (caller, _, callerPeer, agentPeer) = await Bridged(net);
        callerPeer.SendRtp(caller.LocalRtp, 500, 90_000, ssrc: 7);
        callerPeer.SendRtp(caller.LocalRtp, 501, 90_160, ssrc: 7);
        callerPeer.SendRtp(caller.LocalRtp, 9, 5, ssrc: 8);
        callerPeer.SendRtp(caller.LocalRtp, 10, 165, ssrc: 8);

        var packets = await agentPeer.Receive(4);
        packets.Select(packet => packet.Header.Ssrc).Distinct().Count().ShouldBe(1);
        var first = packets[0].Header.Sequence;
        packets.Select(packet => (ushort)(packet.Header.Sequence - first)).ShouldBe([0, 1, 2, 3]);
        packets.Select(packet => packet.Header.Marker).ShouldBe([true, false, true, false]);
        (packets[1].Header.Timestamp - packets[0].Header.Timestamp).ShouldBe(160u);
        (packets[2].Header.Timestamp - packets[1].Header.Timestamp).ShouldBeInRange(160u, 8000u);
        (packets[3].Header.Timestamp - packets[2].Header.Timestamp).ShouldBe(160u);
        (await caller.GetStatistics()).Streams.ShouldBe(2);
        callerPeer.Dispose();
        agentPeer.Dispose();
    }

    [Fact]
    public async Task Nothing_counts_before_the_leg_is_armed_or_with_a_foreign_payload_type()
    {
        await using var net = new Loopback();
        using var peer = new RawPeer();
        var leg = net.OpenLeg();
        peer.SendRtp(leg.LocalRtp, 1, 1);
        peer.SendRtp(leg.LocalRtp, 2, 161);
        await Wait.Until(async () => (await leg.GetStatistics()).Dropped[DropReason.Unarmed] == 2);

        await leg.SetRemote(Loopback.Remote(peer.Port, PayloadFormat.Pcma));
        peer.SendRtp(leg.LocalRtp, 3, 321, payloadType: 0);
        peer.Send(leg.LocalRtp, [0x80, 8, 0]);
        peer.SendRtp(leg.LocalRtp, 4, 481);
        await Wait.Until(async () => (await leg.GetStatistics()).PacketsReceived == 1);
        var statistics = await leg.GetStatistics();
        statistics.Dropped[DropReason.PayloadType].ShouldBe(1);
        statistics.Dropped[DropReason.Malformed].ShouldBe(1);
    }

    [Fact]
    public async Task Nothing_is_learnt_from_a_packet_of_another_version_or_a_payload_type_that_was_not_agreed()
    {
        await using var net = new Loopback();
        using var peer = new RawPeer();
        using var other = new RawPeer();
        var leg = net.OpenLeg();
        await leg.SetRemote(Loopback.Remote(peer.Port, PayloadFormat.Pcma));
        var packet = new byte[172];
        Rtp.RtpPacket.WriteHeader(packet, false, 8, 1, 1, 1);
        packet[0] = 0x40; // version 1 (RFC 3550 section 5.1: the first specification)
        other.Send(leg.LocalRtp, packet);
        other.SendRtp(leg.LocalRtp, 1, 1, payloadType: 3);
        await Wait.Until(async () => (await leg.GetStatistics()).Dropped.Values.Sum() == 2);
        (await leg.GetStatistics()).Latched.ShouldBeNull();
        other.SendRtp(leg.LocalRtp, 1, 1);
        await Wait.Until(async () => (await leg.GetStatistics()).PacketsReceived == 1);
        (await leg.GetStatistics()).Latched.ShouldBe(other.Address);
    }

    [Fact]
    public async Task Until_the_first_packet_the_SDP_address_is_sent_to_and_then_the_learnt_one()
    {
        await using var net = new Loopback();
        using var told = new RawPeer();
        using var real = new RawPeer();
        var leg = net.OpenLeg();
        await leg.SetRemote(Loopback.Remote(told.Port, PayloadFormat.Pcma));
        leg.Play(Tones.Sine(440, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        var last = (await told.Receive(3))[^1];
        real.SendRtp(leg.LocalRtp, 1, 1);
        (await real.Receive()).Header.Ssrc.ShouldBe(last.Header.Ssrc);
    }

    [Fact]
    public async Task What_is_sent_to_a_remote_whose_socket_is_gone_counts_as_sent_and_is_heard_when_it_returns()
    {
        await using var net = new Loopback();
        var peer = new RawPeer();
        var leg = net.OpenLeg();
        await leg.SetRemote(Loopback.Remote(peer.Port, PayloadFormat.Pcma));
        peer.SendRtp(leg.LocalRtp, 1, 1);
        await Wait.Until(async () => (await leg.GetStatistics()).Latched is not null);
        leg.Play(Tones.Sine(440, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        _ = await peer.Receive(2);
        peer.Dispose();
        var sent = (await leg.GetStatistics()).PacketsSent;
        await Wait.Until(async () => (await leg.GetStatistics()).PacketsSent > sent + 10);

        using var returned = new RawPeer(port: peer.Port);
        _ = await returned.Receive(2);
        (await leg.GetStatistics()).Dropped.Values.Sum().ShouldBe(0);
    }

    [Fact]
    public async Task Another_address_by_signalling_is_latched_anew_and_the_old_one_is_a_stranger()
    {
        await using var net = new Loopback();
        var (caller, agent, callerPeer, agentPeer) = await Bridged(net);
        callerPeer.SendRtp(caller.LocalRtp, 1, 160, fill: 1);
        _ = await agentPeer.Receive();
        using var moved = new RawPeer();
        await caller.SetRemote(Loopback.Remote(moved.Port, PayloadFormat.Pcma));
        moved.SendRtp(caller.LocalRtp, 2, 320, fill: 2);
        (await agentPeer.Receive()).Payload[0].ShouldBe((byte)2);
        agentPeer.SendRtp(agent.LocalRtp, 1, 160, fill: 3);
        (await moved.Receive()).Payload[0].ShouldBe((byte)3);
        callerPeer.SendRtp(caller.LocalRtp, 3, 480, fill: 4);
        await Wait.Until(async () => (await caller.GetStatistics()).Dropped[DropReason.ForeignAddress] == 1);
        (await caller.GetStatistics()).Latched.ShouldBe(moved.Address);
        callerPeer.Dispose();
        agentPeer.Dispose();
    }

    [Fact]
    public async Task An_unspecified_address_is_an_old_hold_nothing_is_sent_until_the_address_returns()
    {
        await using var net = new Loopback();
        using var peer = new RawPeer();
        var leg = net.OpenLeg();
        var remote = Loopback.Remote(peer.Port, PayloadFormat.Pcma);
        await leg.SetRemote(remote);
        leg.Play(Tones.Sine(440, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        var before = (await peer.Receive(2))[^1].Header;
        await leg.SetRemote(remote with { Rtp = new System.Net.IPEndPoint(System.Net.IPAddress.Any, peer.Port) });
        var sent = (await leg.GetStatistics()).PacketsSent;
        var held = leg.Play(Tones.Sine(440, TimeSpan.FromMilliseconds(100)));
        await held.Completion;
        (await leg.GetStatistics()).PacketsSent.ShouldBe(sent);
        while (peer.Waiting > 0)
        {
            before = (await peer.Receive()).Header;
        }

        await leg.SetRemote(remote);
        leg.Play(Tones.Sine(440, TimeSpan.FromSeconds(1)));
        var after = (await peer.Receive()).Header;
        after.Sequence.ShouldBe((ushort)(before.Sequence + 1));
        after.Marker.ShouldBeTrue();
        (after.Timestamp - before.Timestamp).ShouldBeGreaterThan(800u);
    }

    [Fact]
    public async Task A_description_that_cannot_work_is_refused_at_once()
    {
        await using var net = new Loopback();
        var leg = net.OpenLeg();
        var remote = Loopback.Remote(9, PayloadFormat.Pcma);
        Should.Throw<ArgumentException>(() => { _ = leg.SetRemote(remote with { Formats = [] }); });
        Should.Throw<ArgumentException>(() => { _ = leg.SetRemote(remote with { TelephoneEvent = 128 }); });
        Should.Throw<ArgumentException>(() => { _ = leg.SetRemote(remote with { Rtp = new System.Net.IPEndPoint(System.Net.IPAddress.IPv6Loopback, 9) }); }); // the leg is IPv4
        Should.Throw<ArgumentException>(() => MediaEngine.Start(new MediaOptions { PortFrom = 30000, PortTo = 30000 }, TimeProvider.System));
    }

    [Fact]
    public async Task A_leg_that_only_sends_drops_what_it_receives()
    {
        await using var net = new Loopback();
        using var peer = new RawPeer();
        var leg = net.OpenLeg();
        await leg.SetRemote(Loopback.Remote(peer.Port, PayloadFormat.Pcma) with { Direction = MediaDirection.SendOnly });
        peer.SendRtp(leg.LocalRtp, 1, 1);
        await Wait.Until(async () => (await leg.GetStatistics()).Dropped[DropReason.Direction] == 1);
        await leg.SetRemote(Loopback.Remote(peer.Port, PayloadFormat.Pcma));
        peer.SendRtp(leg.LocalRtp, 2, 161);
        await Wait.Until(async () => (await leg.GetStatistics()).PacketsReceived == 1);
    }
}
