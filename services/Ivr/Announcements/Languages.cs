namespace CallCenter.Ivr.Announcements;

internal sealed class Finnish : IWaitLanguage
{
    private static readonly string[] Units = ["", "yksi", "kaksi", "kolme", "neljä", "viisi", "kuusi", "seitsemän", "kahdeksan", "yhdeksän"];

    public string Next => "Olette jonossa seuraavana.";

    public string FarBack => "Olette jonossa sijalla sata tai kauempana.";

    public string UnderAMinute => "Arvioitu odotusaika on alle minuutin.";

    public string OverAnHour => "Arvioitu odotusaika on yli tunnin.";

    public string Position(int number) => $"Jononumeronne on {Words(number)}.";

    public string Minutes(int number) => $"Arvioitu odotusaika on noin {Words(number)} minuuttia.";

    /// <summary>1 to 99.</summary>
    public static string Words(int number) => number switch
    {
        < 10 => Units[number],
        10 => "kymmenen",
        < 20 => Units[number - 10] + "toista",
        _ => Units[number / 10] + "kymmentä" + Units[number % 10],
    };
}

internal sealed class Danish : IWaitLanguage
{
    private static readonly string[] Small =
    [
        "", "en", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti", "elleve", "tolv", "tretten", "fjorten", "femten", "seksten", "sytten", "atten", "nitten",
    ];

    private static readonly string[] Tens = ["", "", "tyve", "tredive", "fyrre", "halvtreds", "tres", "halvfjerds", "firs", "halvfems"];

    public string Next => "Du er den næste i køen.";

    public string FarBack => "Du er nummer hundrede eller længere tilbage i køen.";

    public string UnderAMinute => "Den forventede ventetid er under et minut.";

    public string OverAnHour => "Den forventede ventetid er over en time.";

    public string Position(int number) => $"Du er nummer {Words(number)} i køen.";

    public string Minutes(int number) => $"Den forventede ventetid er cirka {Words(number)} minutter.";

    /// <summary>1 to 99: the unit goes before the ten.</summary>
    public static string Words(int number) => number switch
    {
        < 20 => Small[number],
        _ when number % 10 == 0 => Tens[number / 10],
        _ => Small[number % 10] + "og" + Tens[number / 10],
    };
}

internal sealed class Russian : IWaitLanguage
{
    private static readonly string[] Small =
    [
        "", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять", "десять", "одиннадцать", "двенадцать",
        "тринадцать", "четырнадцать", "пятнадцать", "шестнадцать", "семнадцать", "восемнадцать", "девятнадцать",
    ];

    private static readonly string[] Tens =
        ["", "", "двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят", "девяносто"];

    public string Next => "Ваш звонок следующий в очереди.";

    public string FarBack => "Ваш номер в очереди: сто или дальше.";

    public string UnderAMinute => "Примерное время ожидания: меньше минуты.";

    public string OverAnHour => "Примерное время ожидания: больше часа.";

    public string Position(int number) => $"Ваш номер в очереди: {Words(number, feminine: false)}.";

    public string Minutes(int number) => $"Примерное время ожидания: {Words(number, feminine: true)} {MinuteForm(number)}.";

    /// <summary>1 to 99; one and two have a gender.</summary>
    public static string Words(int number, bool feminine) => number switch
    {
        1 when feminine => "одна",
        2 when feminine => "две",
        < 20 => Small[number],
        _ when number % 10 == 0 => Tens[number / 10],
        _ => $"{Tens[number / 10]} {Words(number % 10, feminine)}",
    };

    /// <summary>The form of "минута" that goes with the number.</summary>
    public static string MinuteForm(int number) => (number % 10, number % 100) switch
    {
        (_, >= 11 and <= 14) => "минут",
        (1, _) => "минута",
        (>= 2 and <= 4, _) => "минуты",
        _ => "минут",
    };
}

internal sealed class English : IWaitLanguage
{
    private static readonly string[] Small =
    [
        "", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ];

    private static readonly string[] Tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    public string Next => "You are next in the queue.";

    public string FarBack => "You are number one hundred or further back in the queue.";

    public string UnderAMinute => "The estimated wait is less than a minute.";

    public string OverAnHour => "The estimated wait is more than an hour.";

    public string Position(int number) => $"You are number {Words(number)} in the queue.";

    public string Minutes(int number) => $"The estimated wait is about {Words(number)} minutes.";

    /// <summary>1 to 99.</summary>
    public static string Words(int number) => number switch
    {
        < 20 => Small[number],
        _ when number % 10 == 0 => Tens[number / 10],
        _ => $"{Tens[number / 10]}-{Small[number % 10]}",
    };
}
