using System.Net;
using CallCenter.Media.Net;
using CallCenter.Media.Rtp;

namespace CallCenter.Media.Tests;

public class LatchTests
{
    private static Latch Armed(string sdp, string signalling)
    {
        var latch = new Latch();
        latch.Arm(IPEndPoint.Parse(sdp), IPAddress.Parse(signalling), force: false);
        return latch;
    }

    private static bool Accepts(ref Latch latch, string from) => latch.Accept(NativeEndpoint.From(IPEndPoint.Parse(from)), out _);

    [Theory]
    [InlineData("198.51.100.7:4000", "198.51.100.7", "198.51.100.7:4000", true)]  // as told
    [InlineData("198.51.100.7:4000", "198.51.100.7", "198.51.100.7:9000", true)]  // another port: NAT
    [InlineData("198.51.100.7:4000", "203.0.113.1", "203.0.113.1:4000", false)]   // a public SDP address is meant as it is
    [InlineData("10.0.0.5:4000", "203.0.113.1", "203.0.113.1:62000", true)]       // private: comes through the signalling's NAT
    [InlineData("10.0.0.5:4000", "203.0.113.1", "10.0.0.5:4000", true)]
    [InlineData("10.0.0.5:4000", "203.0.113.1", "203.0.113.2:4000", false)]
    [InlineData("172.16.9.9:4000", "203.0.113.1", "203.0.113.1:4000", true)]
    [InlineData("172.32.9.9:4000", "203.0.113.1", "203.0.113.1:4000", false)]
    [InlineData("192.168.1.2:4000", "203.0.113.1", "203.0.113.1:4000", true)]
    [InlineData("100.64.1.2:4000", "203.0.113.1", "203.0.113.1:4000", true)]
    [InlineData("100.128.1.2:4000", "203.0.113.1", "203.0.113.1:4000", false)]
    [InlineData("169.254.1.2:4000", "203.0.113.1", "203.0.113.1:4000", true)]
    [InlineData("127.0.0.1:4000", "203.0.113.1", "203.0.113.1:4000", true)]
    [InlineData("198.51.100.7:4000", "127.0.0.1", "127.0.0.1:4000", true)]        // a phone on this host that names its other address
    [InlineData("127.0.0.1:4000", "127.0.0.2", "127.0.0.2:4000", false)]
    [InlineData("0.0.0.0:4000", "203.0.113.1", "203.0.113.1:4000", true)]
    [InlineData("[2001:db8::7]:4000", "2001:db8::7", "[2001:db8::7]:9000", true)]
    [InlineData("[2001:db8::7]:4000", "2001:db8::8", "[2001:db8::8]:4000", false)]
    [InlineData("[fd00::7]:4000", "2001:db8::8", "[2001:db8::8]:4000", true)]      // unique local
    [InlineData("[fe80::7]:4000", "2001:db8::8", "[2001:db8::8]:4000", true)]      // link local
    [InlineData("[::1]:4000", "2001:db8::8", "[2001:db8::8]:4000", true)]
    [InlineData("[::1]:4000", "::1", "[::1]:4001", true)]
    [InlineData("[::]:4000", "2001:db8::8", "[2001:db8::8]:4000", true)]
    [InlineData("[2001:db8::7]:4000", "2001:db8::7", "[2001:db8::9]:4000", false)]
    [InlineData("[fd00::7]:4000", "203.0.113.1", "[2001:db8::8]:4000", false)]
    public void The_first_packet_must_come_from_an_expected_host(string sdp, string signalling, string from, bool accepted)
    {
        var latch = Armed(sdp, signalling);
        Accepts(ref latch, from).ShouldBe(accepted);
        latch.Learnt.ShouldBe(accepted);
        latch.Target.ToString().ShouldBe(accepted ? from : sdp);
    }

    [Fact]
    public void A_signalling_source_of_IPv6_adds_no_host_and_a_mapped_one_is_IPv4()
    {
        var latch = Armed("10.0.0.5:4000", "2001:db8::1");
        Accepts(ref latch, "203.0.113.1:4000").ShouldBeFalse();
        Accepts(ref latch, "10.0.0.5:4000").ShouldBeTrue();
        latch = Armed("10.0.0.5:4000", "::ffff:203.0.113.1");
        Accepts(ref latch, "203.0.113.1:4000").ShouldBeTrue();
    }

    [Fact]
    public void After_the_first_packet_only_that_address_counts()
    {
        var latch = Armed("10.0.0.5:4000", "203.0.113.1");
        Accepts(ref latch, "203.0.113.1:62000").ShouldBeTrue();
        Accepts(ref latch, "203.0.113.1:62001").ShouldBeFalse();
        Accepts(ref latch, "10.0.0.5:4000").ShouldBeFalse();
        Accepts(ref latch, "203.0.113.1:62000").ShouldBeTrue();
    }

    [Fact]
    public void The_address_that_the_SDP_names_takes_the_place_of_a_stranger_who_was_first()
    {
        var latch = Armed("198.51.100.7:4000", "198.51.100.7");
        Accepts(ref latch, "198.51.100.7:5000").ShouldBeTrue();
        Accepts(ref latch, "198.51.100.7:4000").ShouldBeTrue();
        latch.Target.ToString().ShouldBe("198.51.100.7:4000");
        Accepts(ref latch, "198.51.100.7:5000").ShouldBeFalse();
        Accepts(ref latch, "198.51.100.7:4000").ShouldBeTrue();
    }

    [Fact]
    public void Only_changed_or_forced_signalling_arms_again()
    {
        var latch = Armed("198.51.100.7:4000", "198.51.100.7");
        Accepts(ref latch, "198.51.100.7:5000").ShouldBeTrue();

        latch.Arm(IPEndPoint.Parse("198.51.100.7:4000"), IPAddress.Parse("198.51.100.7"), force: false);
        Accepts(ref latch, "198.51.100.7:5001").ShouldBeFalse();

        latch.Arm(IPEndPoint.Parse("198.51.100.7:4000"), IPAddress.Parse("198.51.100.7"), force: true);
        Accepts(ref latch, "198.51.100.7:5001").ShouldBeTrue();

        latch.Arm(IPEndPoint.Parse("198.51.100.8:4000"), IPAddress.Parse("198.51.100.7"), force: false);
        latch.Target.ToString().ShouldBe("198.51.100.8:4000");
        Accepts(ref latch, "198.51.100.7:5001").ShouldBeFalse();
    }
}
