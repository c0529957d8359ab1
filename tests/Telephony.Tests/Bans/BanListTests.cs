using System.Net;
using System.Text;
using CallCenter.Contracts.Tenancy;
using CallCenter.Sip.Messages;
using CallCenter.Telephony.Bans;
using CallCenter.Telephony.Configuration;
using CallCenter.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Telephony.Tests.Bans;

public sealed class BanListTests
{
    private static readonly IPAddress Attacker = IPAddress.Parse("203.0.113.9"), Trunk = IPAddress.Parse("192.0.2.10");
    private readonly FakeClock clock = new();
    private readonly CurrentConfiguration configuration = new();
    private readonly BanList list;

    public BanListTests()
    {
        configuration.Replace(GatewayConfiguration.Of(new OperatorSnapshot(Guid.NewGuid(), 1, "O", "r", [], [new("t", ["192.0.2.0/24"], 1, 1)], []), []));
        list = new BanList(new TelephonyOptions { MessagesPerSecondMax = 10 }, configuration, clock, NullLogger<BanList>.Instance);
    }

    private void Strikes(IPAddress address, Offence offence, int count)
    {
        for (var n = 0; n < count; n++)
        {
            list.Strike(address, offence);
        }
    }

    [Theory]
    [InlineData(nameof(Offence.WrongCredentials), 10)]
    [InlineData(nameof(Offence.UnknownCaller), 10)]
    [InlineData(nameof(Offence.Challenged), 100)]
    [InlineData(nameof(Offence.Scanner), 1)]
    public void So_many_offences_ban_for_ten_minutes(string name, int count)
    {
        var offence = Enum.Parse<Offence>(name);
        Strikes(Attacker, offence, count - 1);
        list.Allows(Attacker).ShouldBeTrue();
        list.Strike(Attacker, offence);
        list.Allows(Attacker).ShouldBeFalse();
        var ban = list.All().ShouldHaveSingleItem();
        (ban.Address, ban.Offence, ban.Until - ban.Since, ban.Dropped).ShouldBe(("203.0.113.9", name, BanList.FirstBan, 1L));
        clock.Advance(BanList.FirstBan);
        list.Allows(Attacker).ShouldBeTrue();
        list.All().ShouldBeEmpty();
    }

    [Fact]
    public void Each_further_ban_is_twice_as_long_up_to_a_day()
    {
        var times = Enumerable.Range(0, 10).Select(_ =>
        {
            list.Strike(Attacker, Offence.Scanner);
            var ban = list.All()[0];
            clock.Advance(ban.Until - clock.GetUtcNow());
            list.Sweep();
            return ban.Until - ban.Since;
        }).ToList();
        times[..3].ShouldBe([TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(40)]);
        times[^1].ShouldBe(BanList.LongestBan);
    }

    [Fact]
    public void Points_decay()
    {
        for (var n = 0; n < 30; n++)
        {
            list.Strike(Attacker, Offence.WrongCredentials);
            clock.Advance(TimeSpan.FromMinutes(1));
        }
        list.Allows(Attacker).ShouldBeTrue();
    }

    [Fact]
    public void A_trunk_is_never_banned_nor_held()
    {
        Strikes(Trunk, Offence.Scanner, 100);
        for (var n = 0; n < 100; n++)
        {
            list.Allows(Trunk).ShouldBeTrue();
        }
        Strikes(Attacker, Offence.Scanner, 1);
        configuration.Replace(GatewayConfiguration.Of(new OperatorSnapshot(Guid.NewGuid(), 2, "O", "r", [], [new("t", ["203.0.113.0/24"], 1, 1)], []), []));
        list.Allows(Attacker).ShouldBeTrue(); // the administrator made it a trunk
    }

    [Fact]
    public void Phones_behind_an_address_are_shut_out_only_by_what_cannot_be_forged()
    {
        list.HasPhones = _ => true;
        Strikes(Attacker, Offence.UnknownCaller, 1000);
        Strikes(Attacker, Offence.Scanner, 10);
        list.All().ShouldBeEmpty();
        Strikes(Attacker, Offence.WrongCredentials, 100);
        list.All().ShouldHaveSingleItem();
    }

    [Fact]
    public void A_flood_is_held_to_its_rate_and_an_other_address_is_not()
    {
        Enumerable.Range(0, 100).Count(_ => list.Allows(Attacker)).ShouldBe(10);
        list.Allows(IPAddress.Parse("203.0.113.10")).ShouldBeTrue();
        clock.Advance(TimeSpan.FromSeconds(0.5));
        Enumerable.Range(0, 100).Count(_ => list.Allows(Attacker)).ShouldBe(5);
        list.All().ShouldBeEmpty();
        list.Dropped.ShouldBe(185);
    }

    [Fact]
    public void An_ipv6_network_is_one_source_and_a_mapped_address_its_ipv4()
    {
        list.Strike(IPAddress.Parse("2001:db8:1:2::1"), Offence.Scanner);
        list.Allows(IPAddress.Parse("2001:db8:1:2:ffff::9")).ShouldBeFalse();
        list.Allows(IPAddress.Parse("2001:db8:1:3::1")).ShouldBeTrue();
        list.Strike(IPAddress.Parse("::ffff:203.0.113.9"), Offence.Scanner);
        list.Allows(Attacker).ShouldBeFalse();
    }

    [Fact]
    public void A_ban_is_lifted_once()
    {
        list.Strike(Attacker, Offence.Scanner);
        list.Lift(Attacker).ShouldBeTrue();
        list.Lift(Attacker).ShouldBeFalse();
        list.Allows(Attacker).ShouldBeTrue();
    }

    [Fact]
    public void Sources_are_bounded_and_forgotten()
    {
        for (var n = 0; n < BanList.SourcesMax + 1000; n++)
        {
            list.Allows(new IPAddress([11, (byte)(n >> 16), (byte)(n >> 8), (byte)n])).ShouldBeTrue();
        }
        list.Strike(Attacker, Offence.Scanner);
        list.All().ShouldBeEmpty(); // no room: the bounds of the endpoint hold it
        clock.Advance(BanList.IdleForgotten + TimeSpan.FromSeconds(1));
        list.Sweep();
        list.Strike(Attacker, Offence.Scanner);
        list.All().ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("friendly-scanner", true)]
    [InlineData("SIPVicious/0.3", true)]
    [InlineData("sipcli/v1.8", true)]
    [InlineData("baresip v1.0.0", false)]
    [InlineData("", false)]
    public void Scanners_are_known_by_their_name(string agent, bool expected) => Scanners.IsOne(SipParser.Parse(Encoding.ASCII.GetBytes(
        $"OPTIONS sip:1@gw SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=f\r\nTo: <sip:1@gw>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n{(agent.Length > 0 ? $"User-Agent: {agent}\r\n" : "")}\r\n"), out _)!).ShouldBe(expected);
}
