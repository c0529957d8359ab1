using CallCenter.Contracts.Tenancy;
using CallCenter.Telephony.Trunks;

namespace CallCenter.Telephony.Tests.Trunks;

public sealed class TrunkHealthTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static TrunkHealth New(bool registers = false) => TrunkHealth.Unknown(
        new TrunkSnapshot("t", [], 1, 1, "192.0.2.1:5060") { Account = registers ? new TrunkAccount("u", "", null, true) : null }, Start);

    [Fact]
    public void Two_misses_in_a_row_make_it_down_and_one_answer_up()
    {
        var health = New();
        health.IsUp.ShouldBeTrue();
        health = health.Probed(408, Start.AddSeconds(1));
        health.IsUp.ShouldBeTrue();
        health = health.Probed(503, Start.AddSeconds(2));
        (health.IsUp, health.Since, health.LastCode).ShouldBe((false, Start.AddSeconds(2), 503));
        health = health.Probed(408, Start.AddSeconds(3));
        (health.IsUp, health.Since).ShouldBe((false, Start.AddSeconds(2)));
        health = health.Probed(404, Start.AddSeconds(4)); // somebody is there
        (health.IsUp, health.Since, health.Misses).ShouldBe((true, Start.AddSeconds(4), 0));
        health.Probed(408, Start).Probed(200, Start).Probed(408, Start).IsUp.ShouldBeTrue();
    }

    [Fact]
    public void A_trunk_that_registers_is_up_while_its_registration_stands()
    {
        var health = New(registers: true);
        health.IsUp.ShouldBeFalse();
        health = health.Registered(200, Start.AddSeconds(1));
        (health.IsUp, health.Since).ShouldBe((true, Start.AddSeconds(1)));
        health.Registered(403, Start.AddSeconds(2)).IsUp.ShouldBeFalse();
    }

    [Fact]
    public void The_order_is_up_then_priority_then_chance_by_weight()
    {
        var random = new Random(7);
        TrunkChoice<string>[] choices = [new("down", false, 1, 1), new("second", true, 2, 1), new("a", true, 1, 3), new("b", true, 1, 1)];
        var firsts = Enumerable.Range(0, 4000).Select(_ => TrunkOrder.Of(choices, random)).ToList();
        firsts.ShouldAllBe(order => order[2] == "second" && order[3] == "down");
        firsts.Count(order => order[0] == "a").ShouldBeInRange(2850, 3150); // 3 of 4
        TrunkOrder.Of<string>([], random).ShouldBeEmpty();
    }
}
