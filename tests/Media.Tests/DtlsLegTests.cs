using CallCenter.Media.Dtls;

namespace CallCenter.Media.Tests;

/// <summary>A secure leg and a peer that behaves like a browser, through real sockets.</summary>
public class DtlsLegTests
{
    [Theory]
    [InlineData("SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM", SrtpProfile.AeadAes128Gcm)]
    [InlineData("SRTP_AES128_CM_SHA1_80", SrtpProfile.AesCm128HmacSha1Tag80)]
    public async Task Media_flows_both_ways_over_a_bridge_with_a_plain_leg(string offered, SrtpProfile chosen)
    {
        await using var stage = new SecureStage();
        using var peer = new SecurePeer(stage.Leg, offered);
        await stage.Bridge();
        await peer.Connect();
        (await stage.Next<IceConnected>()).Remote.ShouldBe(peer.Address);
        (await stage.Next<MediaSecured>()).Profile.ShouldBe(chosen);

        peer.SendRtp(1, fill: 0x11);
        (await stage.Carrier.Receive()).Payload.ShouldAllBe(each => each == 0x11);
        stage.Carrier.SendRtp(stage.Plain.LocalRtp, 9, 900, payloadType: 0, fill: 0x22);
        (await peer.ReceiveRtp()).Payload.ShouldAllBe(each => each == 0x22);

        var statistics = await stage.Leg.GetStatistics();
        statistics.Security.ShouldBe(chosen);
        statistics.Latched.ShouldBe(peer.Address);
        (statistics.PacketsReceived, statistics.PacketsSent).ShouldBe((1, 1));
        statistics.Dropped.Values.Sum().ShouldBe(0);
    }

    [Fact]
    public async Task Players_digits_and_recordings_work_on_a_secure_leg()
    {
        await using var stage = new SecureStage();
        using var peer = new SecurePeer(stage.Leg);
        await peer.Connect();
        var recorder = new MemoryRecorder();
        var tap = stage.Engine.StartRecording(new RecordingOptions { Caller = stage.Leg, Sink = recorder });
        stage.Leg.Play(Tones.Sine(440, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        var heard = new List<short>();
        for (ushort i = 0; i < 25; i++)
        {
            heard.AddRange(G711.Decode(AudioCodec.Pcmu, (await peer.ReceiveRtp()).Payload));
            peer.SendRtp(i);
        }
        Loopback.BestShare([.. heard], 440).ShouldBeGreaterThan(0.95);
        for (ushort i = 25; i < 28; i++)
        {
            var packet = SecurePeer.Plain(i, payloadType: 126)[..16];
            RawPeer.Event(5, end: i == 27, 800).CopyTo(packet, 12);
            peer.Send(peer.Protect(packet));
        }
        (await stage.Next<DigitReceived>()).Digit.ShouldBe('5');
        (await tap.Stop()).BlocksLost.ShouldBe(0);
        recorder.SampleCount.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Without_the_certificate_of_the_SDP_nothing_passes()
    {
        await using var stage = new SecureStage();
        using var peer = new SecurePeer(stage.Leg);
        using var other = new SecurePeer(stage.Leg);
        await stage.Bridge();
        await stage.Leg.SetRemote(peer.Remote(other.Security()));
        await peer.Check();
        await peer.Handshake();
        (await stage.Next<MediaSecurityFailed>()).Reason.ShouldContain("fingerprint");
        peer.SendRtp(1);
        await stage.Dropped(DropReason.NotSecured, 1);
        stage.Carrier.SendRtp(stage.Plain.LocalRtp, 1, 1, payloadType: 0);
        await Wait.Until(async () => (await stage.Plain.GetStatistics()).PacketsReceived == 1);
        (await stage.Leg.GetStatistics()).PacketsSent.ShouldBe(0);
        stage.Carrier.Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task A_handshake_before_the_SDP_waits_for_its_fingerprint()
    {
        await using var stage = new SecureStage();
        using var peer = new SecurePeer(stage.Leg);
        await stage.Bridge();
        await peer.Check();
        await peer.Handshake();
        peer.State.ShouldBe(DtlsState.Connected);
        peer.SendRtp(1);
        await stage.Dropped(DropReason.Unarmed, 1);
        (await stage.Leg.GetStatistics()).Security.ShouldBeNull();

        await stage.Leg.SetRemote(peer.Remote());
        await stage.Next<MediaSecured>();
        peer.SendRtp(2, fill: 0x33);
        (await stage.Carrier.Receive()).Payload[0].ShouldBe((byte)0x33);
    }

    [Fact]
    public async Task A_remote_without_a_common_SRTP_profile_is_told()
    {
        await using var stage = new SecureStage();
        using var peer = new SecurePeer(stage.Leg, "SRTP_AEAD_AES_256_GCM");
        await stage.Leg.SetRemote(peer.Remote());
        await peer.Check();
        await peer.Handshake();
        (await stage.Next<MediaSecurityFailed>()).Reason.ShouldContain("AEAD_AES_128_GCM");
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(0, 2)]
    [InlineData(3, 3)]
    public async Task Lost_flights_are_repeated(int lostOut, int lostIn)
    {
        await using var stage = new SecureStage();
        using var peer = new SecurePeer(stage.Leg) { LoseOut = lostOut, LoseIn = lostIn };
        await peer.Connect();
        await stage.Next<MediaSecured>();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Any_datagram_of_the_gateway_may_be_lost_the_last_one_too(int number)
    {
        await using var stage = new SecureStage();
        using var peer = new SecurePeer(stage.Leg) { LoseInOnly = number };
        await peer.Connect();
        await stage.Next<MediaSecured>();
        peer.LoseInOnly.ShouldBeLessThan(0);
    }

    [Fact]
    public async Task DTLS_of_an_address_that_was_not_checked_is_nobodys()
    {
        await using var stage = new SecureStage();
        using var peer = new SecurePeer(stage.Leg);
        await stage.Leg.SetRemote(peer.Remote());
        peer.SendHello();
        await Wait.Until(async () => (await stage.Leg.GetStatistics()).Dropped[DropReason.ForeignAddress] > 0);
        peer.Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task Checks_that_are_not_signed_get_no_answer()
    {
        await using var stage = new SecureStage();
        using var peer = new RawPeer();
        var security = stage.Leg.LocalSecurity!;
        peer.Send(stage.Leg.LocalRtp, StunClient.Check(security.IceUfrag, "guessed", "x", nominate: true));
        peer.Send(stage.Leg.LocalRtp, StunClient.Check("guessed", security.IcePassword, "x", nominate: true));
        await stage.Dropped(DropReason.Unauthenticated, 2);
        peer.Waiting.ShouldBe(0);
        (await stage.Leg.GetStatistics()).Latched.ShouldBeNull();
    }

    [Fact]
    public async Task Repeated_and_changed_packets_are_not_passed_on()
    {
        await using var stage = new SecureStage();
        using var peer = new SecurePeer(stage.Leg);
        await stage.Bridge();
        await peer.Connect();
        var packet = peer.Protect(SecurePeer.Plain(1));
        peer.Send(packet);
        _ = await stage.Carrier.Receive();
        peer.Send(packet);
        var changed = peer.Protect(SecurePeer.Plain(2));
        changed[^1] ^= 1;
        peer.Send(changed);
        await stage.Dropped(DropReason.Replayed, 1);
        await stage.Dropped(DropReason.Unauthenticated, 1);
        using var stranger = new RawPeer();
        stranger.Send(stage.Leg.LocalRtp, peer.Protect(SecurePeer.Plain(3)));
        await stage.Dropped(DropReason.ForeignAddress, 1);
        stage.Carrier.Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task A_browser_on_a_new_port_is_followed_with_the_same_keys()
    {
        await using var stage = new SecureStage();
        using var peer = new SecurePeer(stage.Leg);
        await stage.Bridge();
        await peer.Connect();
        await stage.Next<IceConnected>();
        peer.SendRtp(1);
        _ = await stage.Carrier.Receive();
        peer.Move();
        await peer.Check();
        (await stage.Next<IceConnected>()).Remote.ShouldBe(peer.Address);
        peer.SendRtp(2);
        _ = await stage.Carrier.Receive();
        stage.Carrier.SendRtp(stage.Plain.LocalRtp, 1, 1, payloadType: 0, fill: 0x44);
        (await peer.ReceiveRtp()).Payload[0].ShouldBe((byte)0x44);
        (await stage.Leg.GetStatistics()).Streams.ShouldBe(1);
    }

    [Fact]
    public async Task An_ICE_restart_keeps_DTLS_and_SRTP()
    {
        await using var stage = new SecureStage();
        using var peer = new SecurePeer(stage.Leg);
        await stage.Bridge();
        await peer.Connect();
        var before = stage.Leg.LocalSecurity!;
        var after = stage.Leg.RestartIce();
        after.IceUfrag.ShouldNotBe(before.IceUfrag);
        after.IcePassword.ShouldNotBe(before.IcePassword);
        after.Fingerprint.ShouldBe(before.Fingerprint);
        stage.Leg.LocalSecurity.ShouldBe(after);
        await stage.Leg.SetRemote(peer.Remote(peer.Security("anew")));
        peer.Move();
        peer.Follow(after);
        await peer.Check(nominate: false);
        stage.Carrier.SendRtp(stage.Plain.LocalRtp, 1, 1, payloadType: 0, fill: 0x55);
        (await peer.ReceiveRtp()).Payload[0].ShouldBe((byte)0x55);
        peer.Follow(before);
        peer.SendCheck();
        await stage.Dropped(DropReason.Unauthenticated, 1);
    }

    [Fact]
    public async Task A_closed_tab_is_noticed_and_its_return_too()
    {
        await using var stage = new SecureStage(options => options with { IceTimeout = TimeSpan.FromMilliseconds(300) });
        using var peer = new SecurePeer(stage.Leg);
        await peer.Connect();
        await stage.Next<IceConnected>();
        var lost = await stage.Next<IceDisconnected>();
        (lost.At - lost.Since).TotalMilliseconds.ShouldBeGreaterThanOrEqualTo(300);
        await peer.Check();
        await stage.Next<IceConnected>();
    }

    [Fact]
    public async Task Nobody_who_ever_checks_is_told_too()
    {
        await using var stage = new SecureStage(options => options with { IceTimeout = TimeSpan.FromMilliseconds(200) });
        using var peer = new SecurePeer(stage.Leg);
        await stage.Leg.SetRemote(peer.Remote());
        await stage.Next<IceDisconnected>();
    }

    [Fact]
    public async Task Checks_without_a_handshake_fail_in_time()
    {
        await using var stage = new SecureStage(options => options with { HandshakeTimeout = TimeSpan.FromMilliseconds(200) });
        using var peer = new SecurePeer(stage.Leg);
        await stage.Leg.SetRemote(peer.Remote());
        await peer.Check();
        (await stage.Next<MediaSecurityFailed>()).Reason.ShouldContain("no DTLS handshake");
    }

    [Fact]
    public async Task Both_sides_say_when_they_close()
    {
        await using var stage = new SecureStage();
        using var peer = new SecurePeer(stage.Leg);
        await peer.Connect();
        peer.CloseNotify();
        await stage.Next<RemoteClosed>();
        peer.SendRtp(1);
        await stage.Dropped(DropReason.NotSecured, 1);

        var leg = stage.Open();
        using var second = new SecurePeer(leg);
        await second.Connect();
        await leg.Close();
        // The RTCP BYE comes before the close_notify.
        (await second.ReceiveRtcp())[^8..^6].ShouldBe(new byte[] { 0x81, 0xCB });
        await second.UntilClosed();
        second.State.ShouldBe(DtlsState.Closed);
    }

    [Fact]
    public async Task Reports_over_the_one_port_tell_the_round_trip()
    {
        await using var stage = new SecureStage(options => options with { RtcpInterval = TimeSpan.FromMilliseconds(100) });
        using var peer = new SecurePeer(stage.Leg);
        await peer.Connect();
        stage.Leg.Play(Tones.Sine(440, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        var (sent, received) = (new Rtp.SendStream(), new Rtp.ReceiveStatistics());
        var rtcp = new Rtp.RtcpSession("browser", sent, received);
        received.Add((await peer.ReceiveRtp()).Header, 0);
        byte[] report;
        do
        {
            report = await peer.ReceiveRtcp();
        }
        while (report[1] != 200);
        rtcp.TryRead(report, TimeProvider.System.GetUtcNow()).ShouldBeTrue();
        var answer = new byte[Rtp.RtcpSession.BytesMax];
        var length = rtcp.Write(answer, TimeProvider.System.GetUtcNow(), 0);
        peer.Send(peer.Protect(answer[..length], rtcp: true));
        await Wait.Until(async () => (await stage.Leg.GetStatistics()).RoundTripMs is not null);
        // Reduced size (RFC 5506): a lone SDES is no fault.
        peer.Send(peer.Protect([0x81, 202, 0, 2, 0, 0, 0, 7, 1, 1, 65, 0], rtcp: true));
        peer.SendRtp(1);
        await Wait.Until(async () => (await stage.Leg.GetStatistics()).PacketsReceived == 1);
        (await stage.Leg.GetStatistics()).Dropped[DropReason.Malformed].ShouldBe(0);
    }

    [Fact]
    public async Task Handshakes_at_once_are_bounded_and_the_next_gets_its_turn()
    {
        await using var stage = new SecureStage(options => options with { HandshakesMax = 1 });
        using var idle = new SecurePeer(stage.Leg);
        await stage.Leg.SetRemote(idle.Remote());
        await idle.Check();
        idle.SendHello();
        await Wait.Until(() => Task.FromResult(idle.Waiting > 0));

        var leg = stage.Open();
        using var peer = new SecurePeer(leg);
        await leg.SetRemote(peer.Remote());
        await peer.Check();
        peer.SendHello();
        await Wait.Until(async () => (await leg.GetStatistics()).Dropped[DropReason.Busy] > 0);
        await stage.Leg.Close();
        await peer.Handshake();
        peer.Srtp.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_certificate_lasts_as_long_as_its_engine()
    {
        await using var first = new SecureStage();
        await using var second = new SecureStage();
        first.Leg.LocalSecurity!.Fingerprint.ShouldBe(first.Open().LocalSecurity!.Fingerprint);
        first.Leg.LocalSecurity.Fingerprint.ShouldNotBe(second.Leg.LocalSecurity!.Fingerprint);
        first.Leg.LocalSecurity.Fingerprint.ShouldMatch("^sha-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}$");
        first.Leg.LocalRtcp.ShouldBe(first.Leg.LocalRtp);
    }

    [Theory]
    [InlineData("sha-1 AB:CD")]
    [InlineData("sha-256 AB:CD")]
    [InlineData("sha-256")]
    [InlineData("")]
    public async Task A_description_without_a_strong_fingerprint_is_refused(string fingerprint)
    {
        await using var stage = new SecureStage();
        using var peer = new SecurePeer(stage.Leg);
        var remote = peer.Remote(peer.Security() with { Fingerprint = fingerprint });
        Should.Throw<ArgumentException>(() => { _ = stage.Leg.SetRemote(remote); });
        Should.Throw<ArgumentException>(() => { _ = stage.Plain.SetRemote(peer.Remote()); });
        Should.Throw<InvalidOperationException>(() => stage.Plain.RestartIce());
    }

    [Fact]
    public void Fingerprints_of_all_strong_hashes_count()
    {
        byte[] certificate = [1, 2, 3];
        string Text(string name, byte[] hash) => $"{name} {string.Join(':', hash.Select(each => each.ToString("x2", null)))}";
        foreach (var text in new[]
        {
            Text("sha-256", System.Security.Cryptography.SHA256.HashData(certificate)),
            Text("SHA-384", System.Security.Cryptography.SHA384.HashData(certificate)),
            Text("sha-512", System.Security.Cryptography.SHA512.HashData(certificate)),
        })
        {
            Fingerprint.TryParse(text, out var fingerprint).ShouldBeTrue();
            fingerprint.Matches(certificate).ShouldBeTrue();
            fingerprint.Matches([1, 2, 4]).ShouldBeFalse();
        }
    }
}
