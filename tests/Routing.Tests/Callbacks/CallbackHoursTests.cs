using System.Globalization;
using CallCenter.Routing.Callbacks;

namespace CallCenter.Routing.Tests.Callbacks;

/// <summary>When customers are called, by the tenant's clock, over daylight-saving changes.</summary>
public class CallbackHoursTests
{
    [Theory]
    [InlineData("2026-11-02T08:00:00Z", "2026-11-02T08:00:00Z")] // 10:00 in Helsinki
    [InlineData("2026-11-02T05:00:00Z", "2026-11-02T06:00:00Z")] // 7:00 waits for 8:00
    [InlineData("2026-11-02T18:00:00Z", "2026-11-03T06:00:00Z")] // 20:00 is too late
    [InlineData("2026-03-28T19:00:00Z", "2026-03-29T05:00:00Z")] // the next morning is in summer time
    [InlineData("2026-10-24T18:00:00Z", "2026-10-25T06:00:00Z")] // and in winter time again
    public void A_customer_is_called_within_the_hours(string at, string opens) =>
        CallbackHours.NextOpen(At(at), Hours(8, 20), "Europe/Helsinki").ShouldBe(At(opens));

    [Theory]
    [InlineData("2026-11-02T08:00:00Z", "2026-11-02T18:00:00Z")]
    [InlineData("2026-07-02T08:00:00Z", "2026-07-02T17:00:00Z")]
    public void The_hours_end(string at, string closes) =>
        CallbackHours.Close(At(at), Hours(8, 20), "Europe/Helsinki").ShouldBe(At(closes));

    [Fact]
    public void A_minute_that_there_is_not_begins_with_the_one_after_it() =>
        CallbackHours.NextOpen(At("2026-03-29T00:00:00Z"), new CallbackOffer { FromMinute = 210, ToMinute = 1440 }, "Europe/Helsinki").ShouldBe(At("2026-03-29T01:00:00Z"));

    [Fact]
    public void Hours_without_an_end_never_end() => CallbackHours.Close(At("2026-11-02T08:00:00Z"), new CallbackOffer(), "Europe/Helsinki").ShouldBeNull();

    [Fact]
    public void Settings_tell_every_mistake()
    {
        new CallbackSettings(Tries: 0, PauseSeconds: 1, RingSeconds: 500, WithinSeconds: 1, PendingMax: 0, From: "20:00", To: "08:00").Errors().Count().ShouldBe(6);
        new CallbackSettings(From: "8", To: "25:00").Errors().ShouldHaveSingleItem();
        new CallbackSettings().Errors().ShouldBeEmpty();
        CallbackSettings.Of(new CallbackSettings(From: "08:00", To: "20:30").Read()).ShouldBe(new CallbackSettings(From: "08:00", To: "20:30"));
    }

    private static CallbackOffer Hours(int from, int to) => new() { FromMinute = from * 60, ToMinute = to * 60 };

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);
}
