using CallCenter.Ivr.Announcements;
using CallCenter.Ivr.Prompts;

namespace CallCenter.Ivr.Tests.Announcements;

public sealed class WaitTextTests
{
    public static TheoryData<string> Languages => [.. WaitText.Known, "en-GB", "da-DK"];

    [Theory]
    [InlineData("fi", 1, null, "Olette jonossa seuraavana.")]
    [InlineData("fi", 3, 150_000L, "Jononumeronne on kolme.|Arvioitu odotusaika on noin kolme minuuttia.")]
    [InlineData("fi", 21, 3_000_000L, "Jononumeronne on kaksikymmentäyksi.|Arvioitu odotusaika on noin viisikymmentä minuuttia.")]
    [InlineData("da", 2, 60_000L, "Du er nummer to i køen.|Den forventede ventetid er under et minut.")]
    [InlineData("da", 74, 660_000L, "Du er nummer fireoghalvfjerds i køen.|Den forventede ventetid er cirka femten minutter.")]
    [InlineData("ru", 1, 120_000L, "Ваш звонок следующий в очереди.|Примерное время ожидания: две минуты.")]
    [InlineData("ru", 22, 300_000L, "Ваш номер в очереди: двадцать два.|Примерное время ожидания: пять минут.")]
    [InlineData("en", 42, 3_600_001L, "You are number forty-two in the queue.|The estimated wait is more than an hour.")]
    [InlineData("en-GB", 100, 0L, "You are number one hundred or further back in the queue.|The estimated wait is less than a minute.")]
    public void Place_and_wait_are_said_in_the_callers_language(string language, int position, long? waitMs, string sentences) =>
        WaitText.Sentences(language, position, waitMs).ShouldBe(sentences.Split('|'));

    [Theory]
    [MemberData(nameof(Languages))]
    public void Each_position_has_a_sentence_of_its_own_without_digits(string language)
    {
        var told = Enumerable.Range(1, WaitText.LastPosition).Select(position => WaitText.Sentences(language, position, null).ShouldHaveSingleItem()).ToList();
        told.Distinct().Count().ShouldBe(WaitText.LastPosition);
        told.ShouldAllBe(sentence => IsSpeakable(sentence));
        Enumerable.Range(100, 900).Append(int.MaxValue).Select(position => WaitText.Sentences(language, position, null)[0]).Distinct().ShouldHaveSingleItem();
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void A_wait_is_told_in_few_sentences_and_never_shorter_than_forecast(string language)
    {
        var told = new HashSet<string>();
        for (var (waitMs, before) = (0L, 0); waitMs < 5_400_000; waitMs += 7_919)
        {
            var minutes = WaitText.Minutes(waitMs) ?? int.MaxValue;
            (minutes == 0 ? waitMs <= 60_000 : minutes * 60_000L >= waitMs).ShouldBeTrue($"{waitMs} ms told as {minutes} min");
            minutes.ShouldBeGreaterThanOrEqualTo(before);
            before = minutes;
            told.Add(WaitText.Sentences(language, 1, waitMs)[1]);
        }

        told.Count.ShouldBe(21, "under a minute, 2 to 10, 15 to 60 by five, over an hour");
        told.ShouldAllBe(sentence => IsSpeakable(sentence));
    }

    [Fact]
    public void Russian_minutes_follow_the_number()
    {
        for (var number = 1; number <= 99; number++)
        {
            var words = Russian.Words(number, feminine: true).Split(' ')[^1];
            Russian.MinuteForm(number).ShouldBe(words switch { "одна" => "минута", "две" or "три" or "четыре" => "минуты", _ => "минут" }, $"{number} {words}");
        }
    }

    [Fact]
    public void Other_languages_are_not_spoken() => (WaitText.Speaks("sv"), WaitText.Speaks("ru-RU")).ShouldBe((false, true));

    private static bool IsSpeakable(string sentence) => sentence.EndsWith('.') && sentence.Length < Speech.MaxTextLength && !sentence.Any(char.IsDigit) && !sentence.Contains("  ", StringComparison.Ordinal);
}
