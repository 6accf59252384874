/// Pages of our own making, mark by mark as `FairSchedulerServlet.java` of each version writes
/// them: names are not escaped, and lists of pools hold a raw `<CHOICE>` in an attribute.
enum Pages {
    static func choice(_ names: [String], _ chosen: String, _ job: String) -> String {
        let options = names.map {
            "<option value=\"\($0)\"\($0 == chosen ? " selected" : "")>\($0)</option>\n"
        }
        return """
            <select id="select1" name="select1" onchange="window.location = \
            '/scheduler?setPool=<CHOICE>&jobid=\(job)&advanced'.replace('<CHOICE>', \
            document.getElementById('select1').value);">
            \(options.joined())</select>

            """
    }

    static let pools = ["default", "etl & co"]

    /// 0.20.0 to 0.20.203: one row of headers for pools, two for jobs.
    static let old = """
        <html><head><title>jt Job Scheduler Admininstration</title>
        <link rel="stylesheet" type="text/css" href="/static/hadoop.css">
        </head><body>
        <h1><a href="/jobtracker.jsp">jt</a> Job Scheduler Administration</h1>
        <h2>Pools</h2>
        <table border="2" cellpadding="5" cellspacing="2">
        <tr><th>Pool</th><th>Running Jobs</th><th>Min Maps</th><th>Min Reduces</th>\
        <th>Running Maps</th><th>Running Reduces</th></tr>
        <tr>
        <td>etl & co</td>
        <td>2</td>
        <td>10</td>
        <td>5</td>
        <td>7</td>
        <td>3</td>
        </tr>
        <tr>
        <td>default</td>
        <td>0</td>
        <td>0</td>
        <td>0</td>
        <td>0</td>
        <td>0</td>
        </tr>
        </table>
        <h2>Running Jobs</h2>
        <table border="2" cellpadding="5" cellspacing="2">
        <tr><th rowspan=2>Submitted</th><th rowspan=2>JobID</th><th rowspan=2>User</th>\
        <th rowspan=2>Name</th><th rowspan=2>Pool</th><th rowspan=2>Priority</th>\
        <th colspan=6>Maps</th><th colspan=6>Reduces</th></tr><tr>
        <th>Finished</th><th>Running</th><th>Fair Share</th><th>Weight</th><th>Deficit</th>\
        <th>minMaps</th><th>Finished</th><th>Running</th><th>Fair Share</th><th>Weight</th>\
        <th>Deficit</th><th>minReduces</th></tr>
        \(oldJob("job_1", "40 / 100", "5 / 10"))\(oldJob("job_2", "3 / 3", "0 / 20"))</table>
        <h2>Scheduling Mode</h2>
        <form method="post" action="/scheduler?advanced">
        <p>The scheduler is currently using <b>Fair Sharing mode</b>. </form>
        </body></html>

        """

    private static func oldJob(_ id: String, _ maps: String, _ reduces: String) -> String {
        """
        <tr>
        <td>Oct 09, 12:00</td>
        <td><a href="jobdetails.jsp?jobid=\(id)">\(id)</a></td><td>ann</td>
        <td>select a from b where a < 3 and x<y</td>
        <td>\(choice(pools, "etl & co", id))</td>
        <td>\(choice(["LOW", "NORMAL"], "NORMAL", id))</td>
        <td>\(maps)</td><td>4</td><td>     3.5</td>
        <td>     1.0</td>
        <td>12s</td>
        <td>10</td>
        <td>\(reduces)</td><td>2</td><td>     1.5</td>
        <td>     1.0</td>
        <td>--</td>
        <td>5</td>
        </tr>

        """
    }

    /// 0.20.205 and 1.x: two rows of headers for both. The rows of jobs are not ended, a share is
    /// `-` where there is no bound and has a `*` where the greatest is below the least.
    static let new = """
        <h2>Pools</h2>
        <table border="2" cellpadding="5" cellspacing="2">
        <tr><th rowspan=2>Pool</th><th rowspan=2>Running Jobs</th><th colspan=4>Map Tasks</th>\
        <th colspan=4>Reduce Tasks</th><th rowspan=2>Scheduling Mode</th></tr>
        <tr><th>Min Share</th><th>Max Share</th><th>Running</th><th>Fair Share</th>\
        <th>Min Share</th><th>Max Share</th><th>Running</th><th>Fair Share</th></tr>
        <tr><td>etl & co</td><td>1</td><td>10</td><td>4*</td><td>4</td><td>4.0</td>\
        <td>5</td><td>-</td><td>3</td><td>12.5</td><td>FAIR</td></tr>
        <tr><td>default</td><td>1</td><td>0</td><td>-</td><td>20</td><td>20.0</td>\
        <td>0</td><td>-</td><td>0</td><td>0.0</td><td>FIFO</td></tr>
        </table>
        <h2>Running Jobs</h2>
        <table border="2" cellpadding="5" cellspacing="2">
        <tr><th rowspan=2>Submitted</th><th rowspan=2>JobID</th><th rowspan=2>User</th>\
        <th rowspan=2>Name</th><th rowspan=2>Pool</th><th rowspan=2>Priority</th>\
        <th colspan=4>Map Tasks</th><th colspan=4>Reduce Tasks</th></tr><tr>
        <th>Finished</th><th>Running</th><th>Fair Share</th><th>Weight</th>\
        <th>Finished</th><th>Running</th><th>Fair Share</th><th>Weight</th></tr>
        \(newJob("job_3", "etl & co", "10 / 64", "4.0", "1 / 9"))\
        \(newJob("job_4", "default", "0 / 30", "NA", "0 / 0"))</table>
        </body></html>

        """

    private static func newJob(
        _ id: String, _ pool: String, _ maps: String, _ share: String, _ reduces: String
    ) -> String {
        """
        <tr>
        <td>Oct 09, 12:00</td>
        <td><a href="jobdetails.jsp?jobid=\(id)">\(id)</a></td><td>ann</td>
        <td>a <b>bold</b> job</td>
        <td>\(choice(pools, pool, id))</td>
        <td>\(choice(["LOW", "NORMAL"], "NORMAL", id))</td>
        <td>\(maps)</td><td>4</td><td>\(share)</td>
        <td>1.0</td>
        <td>\(reduces)</td><td>2</td><td>\(share)</td>
        <td>1.0</td>

        """
    }
}
